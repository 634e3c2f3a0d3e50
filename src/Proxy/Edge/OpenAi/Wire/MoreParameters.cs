using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Text.Json;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>
/// Unified parameters that OpenAI's calls do not have, taken under their unified names (SDKs send them as <c>extra_body</c>), and native ones under the
/// provider's name. A form knows texts only, so there the name says what a value is.
/// </summary>
internal static class MoreParameters
{
    private static readonly FrozenDictionary<string, JsonValueKind> s_kinds = new Dictionary<string, JsonValueKind>
    {
        ["seed"] = JsonValueKind.Number, ["guidance"] = JsonValueKind.Number, ["steps"] = JsonValueKind.Number, ["strength"] = JsonValueKind.Number,
        ["fps"] = JsonValueKind.Number, ["audio"] = JsonValueKind.True, ["enhance_prompt"] = JsonValueKind.True, ["negative_prompt"] = JsonValueKind.String,
        ["aspect_ratio"] = JsonValueKind.String, ["resolution"] = JsonValueKind.String, ["last_image"] = JsonValueKind.String,
        ["control_image"] = JsonValueKind.String, ["voice"] = JsonValueKind.String, ["safety"] = JsonValueKind.String,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether it is one of them.</summary>
    public static bool Has(string name, IReadOnlyList<string> extrasKeys) => s_kinds.ContainsKey(name) || extrasKeys.Contains(name, StringComparer.Ordinal);

    /// <summary>Reads all that were given, in a fixed order.</summary>
    public static IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Read(OpenAiFields fields, IReadOnlyList<string> extrasKeys)
    {
        List<KeyValuePair<string, ReadOnlyMemory<byte>>>? more = null;
        foreach (var name in s_kinds.Keys.Concat(extrasKeys).Order(StringComparer.Ordinal))
        {
            if (fields.Parts(name) is { Count: > 0 } parts && ToJson(name, parts, fields) is { } json)
            {
                (more ??= []).Add(new(name, json));
            }
        }

        return more ?? (IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>>)[];
    }

    private static byte[]? ToJson(string name, IReadOnlyList<OpenAiPart> parts, OpenAiFields fields)
    {
        switch (parts)
        {
            case [{ Json.ValueKind: not JsonValueKind.Undefined } json]:
                return JsonMarshal.GetRawUtf8Value(json.Json).ToArray();
            case [{ File: { Refusal: null } file }]:
                return file.DataUri.ToArray();
            case [{ File: { } refused }]:
                fields.Refuse(name, refused.Refusal!);
                return null;
            case [{ Text: { } text, Member: null }] when s_kinds.TryGetValue(name, out var kind):
                return OfText(kind == JsonValueKind.String ? JsonValueKind.String : Guess(text), text);
            case [{ Text: { } text, Member: null }] when Guess(text) == JsonValueKind.Object:
                return OfText(JsonValueKind.Object, text);
            case { Count: <= 64 } when !s_kinds.ContainsKey(name) && parts.All(p => p is { Text: not null, Member: not null }):
                return Members(parts);
            default:
                fields.Refuse(name, s_kinds.ContainsKey(name) ? "It must be there once." : "It must be an object.", OpenAiErrors.InvalidType);
                return null;
        }
    }

    // The npm SDK writes {"flux": {"raw": true}} as flux[raw]=true.
    private static byte[] Members(IReadOnlyList<OpenAiPart> parts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var part in parts)
            {
                writer.WritePropertyName(part.Member!);
                writer.WriteRawValue(OfText(Guess(part.Text!), part.Text!));
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] OfText(JsonValueKind kind, string text)
    {
        if (kind != JsonValueKind.String)
        {
            return System.Text.Encoding.UTF8.GetBytes(text);
        }

        var buffer = new ArrayBufferWriter<byte>(text.Length + 2);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStringValue(text);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static JsonValueKind Guess(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = GenerationRequestReader.MaxDepth, AllowDuplicateProperties = false });
            return document.RootElement.ValueKind;
        }
        catch (JsonException)
        {
            return JsonValueKind.String;
        }
    }
}
