using System.Text;
using Framegate.Transforms.Schemas.Reading;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Reads <c>multipart/form-data</c> part by part, leniently: part types and quotes vary from SDK to SDK.</summary>
internal static class FormReader
{
    /// <summary>The name of form files that are clips.</summary>
    private const string Clip = "video";
    private const string TransferEncoding = "Content-Transfer-Encoding";
    private const int MaxParts = 128;
    private const int MaxTextBytes = GenerationRequestReader.MaxPromptLength * 4;

    private static readonly string[] s_asTheyAre = ["7bit", "8bit", "binary"];
    private static readonly string[] s_media = ["image/", "video/", "audio/"];

    /// <summary>Reads it.</summary>
    /// <param name="context">The call.</param>
    /// <param name="boundary">What separates its parts.</param>
    /// <param name="masks">The names of files that are masks.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<(OpenAiBody? Body, OpenAiError? Problem)> ReadAsync(
        HttpContext context, string boundary, IReadOnlyList<string> masks, CancellationToken cancellationToken)
    {
        if (boundary.Length is 0 or > 200)
        {
            return (null, OpenAiErrors.Invalid(null, "The Content-Type names no usable boundary."));
        }

        var body = new OpenAiBody();
        try
        {
            var reader = new MultipartReader(boundary, context.Request.Body);
            for (var count = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; count++)
            {
                if (count == MaxParts)
                {
                    return (null, OpenAiErrors.Invalid(null, $"The form must have at most {MaxParts} parts."));
                }

                if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) || disposition.Name.Length == 0)
                {
                    return (null, OpenAiErrors.Invalid(null, "A part of the form has no name."));
                }

                var (name, member) = Split(HeaderUtilities.RemoveQuotes(disposition.Name).ToString());
                if (section.Headers?.GetValueOrDefault(TransferEncoding) is [{ } coding] && !s_asTheyAre.Contains(coding.Trim(), StringComparer.OrdinalIgnoreCase))
                {
                    return (null, OpenAiErrors.Invalid(OpenAiFields.Shown(name), $"{TransferEncoding} is not read; send the bytes as they are."));
                }

                if (disposition.FileName.Length > 0 || disposition.FileNameStar.Length > 0 || IsMedia(section.ContentType))
                {
                    var file = masks.Contains(name) ? await UploadReader.ReadMaskAsync(section.Body, cancellationToken)
                        : name == Clip ? await UploadReader.ReadClipAsync(section.Body, context, cancellationToken)
                        : await UploadReader.ReadImageAsync(section.Body, context, cancellationToken);
                    body.Add(name, new OpenAiPart(Member: member, File: file with { IsNothing = file.IsNothing && IsNameless(disposition) }));
                }
                else
                {
                    var (text, reason) = await ReadTextAsync(section.Body, cancellationToken);
                    if (text is null)
                    {
                        return (null, OpenAiErrors.Invalid(OpenAiFields.Shown(name), reason!));
                    }

                    body.Add(name, new OpenAiPart(Text: text, Member: member));
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            return (null, OpenAiErrors.Invalid(null, "The body is no complete multipart/form-data."));
        }

        return (body, null);
    }

    /// <summary>Whether a part declares a file without a name for it, as some clients send what they have in memory.</summary>
    private static bool IsMedia(string? contentType) => contentType is not null && s_media.Any(m => contentType.StartsWith(m, StringComparison.OrdinalIgnoreCase));

    private static bool IsNameless(ContentDispositionHeaderValue disposition) => disposition.FileNameStar.Length == 0 && HeaderUtilities.RemoveQuotes(disposition.FileName).Length == 0;

    /// <summary><c>a[b]</c> as <c>a</c> and <c>b</c>; <c>a[]</c> as <c>a</c>.</summary>
    private static (string Name, string? Member) Split(string name)
    {
        var open = name.IndexOf('[', StringComparison.Ordinal);
        return open > 0 && name.EndsWith(']')
            ? (name[..open], open + 2 == name.Length ? null : name[(open + 1)..^1])
            : (name, null);
    }

    private static async Task<(string? Text, string? Reason)> ReadTextAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (bytes.Length + read > MaxTextBytes)
            {
                return (null, "It is too long.");
            }

            bytes.Write(buffer, 0, read);
        }

        var utf8 = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        return OpenAiFields.NotUtf8(utf8) is { } reason ? (null, reason) : (Encoding.UTF8.GetString(utf8), null);
    }
}
