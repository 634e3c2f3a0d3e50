using System.Text.Json;
using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Schemas.Reading;
using Microsoft.Net.Http.Headers;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Reads the body of a POST: JSON or <c>multipart/form-data</c>, since the SDKs send either to the same address.</summary>
internal static class OpenAiBodyReader
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false, MaxDepth = GenerationRequestReader.MaxDepth };

    /// <summary>Reads it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="masks">The names of form files that are masks.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The body, or the error to answer.</returns>
    /// <exception cref="BadHttpRequestException">It is too large, or not HTTP.</exception>
    public static async Task<(OpenAiBody? Body, OpenAiError? Problem)> ReadAsync(
        HttpRequest request, IReadOnlyList<string> masks, CancellationToken cancellationToken)
    {
        if (MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            var form = await FormReader.ReadAsync(request.HttpContext, HeaderUtilities.RemoveQuotes(type.Boundary).ToString(), masks, cancellationToken);
            await (request.HttpContext.Features.Get<RequestInputs>()?.FlushAsync(cancellationToken) ?? default);
            return form;
        }

        var (rest, held) = await RequestInputs.ReadAsync(request, cancellationToken);
        if (held.Count > 0)
        {
            await RequestInputs.Of(request.HttpContext).FlushAsync(cancellationToken);
        }

        // HTTP nodes of workflow tools and curl's -d send JSON under other names.
        return IsOther(type) && !LooksLikeJson(rest) ? (null, OpenAiErrors.Invalid(null, "The body must be JSON or multipart/form-data.")) : ReadJson(rest, held);
    }

    private static bool IsOther(MediaTypeHeaderValue? type) => type is not null && !type.MediaType.EndsWith("json", StringComparison.OrdinalIgnoreCase);

    private static bool LooksLikeJson(ReadOnlyMemory<byte> body) => body.Span.TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    /// <summary>Reads a JSON body.</summary>
    internal static (OpenAiBody? Body, OpenAiError? Problem) ReadJson(ReadOnlyMemory<byte> utf8, HeldInputs held)
    {
        if (OpenAiFields.NotUtf8(utf8.Span) is { } coding)
        {
            return (null, OpenAiErrors.Invalid(null, "The body: " + coding));
        }

        if (JsonWidth.Check(utf8.Span) is var (member, reason))
        {
            return (null, OpenAiErrors.Invalid(member, reason));
        }

        try
        {
            // Not disposed: its values are used until the request has been written again, and nothing was rented for bytes at hand.
            var document = JsonDocument.Parse(utf8, s_strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return (null, OpenAiErrors.Invalid(null, "The body must be a JSON object."));
            }

            var body = new OpenAiBody { Json = document.RootElement, Held = held };
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.Null)
                {
                    body.Add(property.Name, new OpenAiPart(property.Value));
                }
            }

            return (body, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (null, OpenAiErrors.Invalid(null, ReasonOf(utf8, e)));
        }
    }

    /// <summary>Why a body is no JSON. The exception's own message may repeat a piece of it.</summary>
    private static string ReasonOf(ReadOnlyMemory<byte> utf8, Exception fault)
    {
        if (fault is not JsonException)
        {
            return "A name in the body holds half a surrogate pair, which is no Unicode text.";
        }

        try
        {
            JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = GenerationRequestReader.MaxDepth }).Dispose();
            return "The body is not valid: a name in it is there twice.";
        }
        catch (JsonException e)
        {
            return $"The body is not valid JSON, or nested deeper than {GenerationRequestReader.MaxDepth} levels: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.";
        }
    }
}
