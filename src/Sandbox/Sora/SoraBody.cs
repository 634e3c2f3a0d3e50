using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Framegate.Sandbox.Core;
using Microsoft.AspNetCore.Http.Features;

namespace Framegate.Sandbox.Sora;

/// <summary>A request body, JSON or multipart, as one JSON object plus files.</summary>
internal sealed partial record SoraBody(JsonElement Fields, IReadOnlyDictionary<string, SoraFile> Files)
{
    private const int MaxBytes = 64 * 1024 * 1024;

    private static readonly FormOptions Limits = new() { ValueLengthLimit = MaxBytes, MultipartBodyLengthLimit = MaxBytes };

    private static readonly Dictionary<string, SoraFile> NoFiles = [];

    public static async Task<(SoraBody? Body, SoraFault? Fault)> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        try
        {
            if (request.HasJsonContentType())
            {
                using var document = await JsonDocument.ParseAsync(request.Body, default, context.RequestAborted);
                return document.RootElement.ValueKind == JsonValueKind.Object && JsonBody.IsReadable(document.RootElement)
                    ? (new SoraBody(document.RootElement.Clone(), NoFiles), null)
                    : (null, SoraFault.BadJson);
            }

            if (request.HasFormContentType && request.ContentType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
            {
                return (await FromFormAsync(await request.ReadFormAsync(Limits, context.RequestAborted), context.RequestAborted), null);
            }

            return (null, SoraFault.Invalid(
                $"Unsupported content type: '{request.ContentType}'. This API method accepts 'application/json' and 'multipart/form-data'.",
                code: "unsupported_content_type"));
        }
        catch (JsonException)
        {
            return (null, SoraFault.BadJson);
        }
        catch (Exception error) when (error is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            // IOException: the form ends too early. The server's own refusals (too large) are left to it.
            return (null, SoraFault.Invalid("Could not parse multipart form"));
        }
    }

    /// <summary>A string field; null when it is absent or null. Only after its type has been checked.</summary>
    public string? Text(string name) =>
        Fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public bool Has(string name) => Files.ContainsKey(name) || (Fields.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null);

    private static async Task<SoraBody> FromFormAsync(IFormCollection form, CancellationToken cancellationToken)
    {
        var root = new JsonObject();
        foreach (var (name, values) in form)
        {
            foreach (var value in values)
            {
                Put(root, name, value ?? "");
            }
        }

        var files = new Dictionary<string, SoraFile>(StringComparer.Ordinal);
        foreach (var file in form.Files)
        {
            using var buffer = new MemoryStream((int)file.Length);
            await file.CopyToAsync(buffer, cancellationToken);
            files[file.Name] = new SoraFile(file.ContentType ?? "", buffer.ToArray());
        }

        return new SoraBody(JsonSerializer.SerializeToElement(root, SoraJson.Default.JsonObject), files);
    }

    /// <summary>Undoes the flattening of the SDKs: <c>video[id]</c>, <c>characters[][id]</c>, <c>characters[0][id]</c>.</summary>
    private static void Put(JsonObject root, string name, string value)
    {
        var match = FlattenedName().Match(name);
        if (!match.Success)
        {
            root[name] = value;
            return;
        }

        var (outer, inner) = (match.Groups["outer"].Value, match.Groups["inner"].Value);
        if (match.Groups["list"].Success)
        {
            if (root[outer] is not JsonArray list)
            {
                root[outer] = list = [];
            }

            list.Add((JsonNode)new JsonObject { [inner] = value });
        }
        else
        {
            if (root[outer] is not JsonObject child)
            {
                root[outer] = child = [];
            }

            child[inner] = value;
        }
    }

    [GeneratedRegex(@"^(?<outer>\w+)(?<list>\[\d*\])?\[(?<inner>[a-z_]+)\]$", RegexOptions.CultureInvariant)]
    private static partial Regex FlattenedName();
}
