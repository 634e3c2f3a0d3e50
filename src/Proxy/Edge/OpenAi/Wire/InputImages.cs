using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Input images of a call: uploads, <c>{"image_url": ...}</c>, <c>{"file_id": ...}</c>, or the same flattened by a form.</summary>
internal static class InputImages
{
    private const string Expected = "It must be an upload, or an object with image_url (an https or data: URL).";

    /// <summary>Reads all images of a parameter.</summary>
    public static void Read(OpenAiFields fields, string name, List<ReadOnlyMemory<byte>> images)
    {
        foreach (var part in fields.Parts(name))
        {
            if (part.Json.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in part.Json.EnumerateArray())
                {
                    Add(OfJson(fields, name, item));
                }
            }
            else
            {
                Add(Of(fields, name, part));
            }
        }

        void Add(ReadOnlyMemory<byte> image)
        {
            if (!image.IsEmpty)
            {
                images.Add(image);
            }
        }
    }

    /// <summary>Reads the mask. One that is given as a URL cannot be turned into the unified kind.</summary>
    public static ReadOnlyMemory<byte> ReadMask(OpenAiFields fields)
    {
        const string Name = "mask";
        if (fields.Parts(Name) is not { Count: > 0 } parts)
        {
            return default;
        }

        if (parts is [{ File: { } file }])
        {
            if (file.Refusal is { } refusal)
            {
                fields.Refuse(Name, refusal);
            }

            return file.DataUri;
        }

        var text = parts is [{ Json: { ValueKind: JsonValueKind.Object } json }] && json.TryGetProperty("image_url", out var url) ? OpenAiFields.TextOf(url)
            : parts is [{ Text: { } value, Member: "image_url" }] ? value
            : null;
        var comma = text?.IndexOf(";base64,", StringComparison.Ordinal) ?? -1;
        var bytes = new byte[comma < 0 ? 0 : UploadReader.MaxMaskBytes];
        if (comma < 0 || !Convert.TryFromBase64String(text![(comma + 8)..], bytes, out var length))
        {
            fields.Refuse(Name, $"It must be an upload, or an object whose image_url is a data: URL of at most {UploadReader.MaxMaskBytes / 1024 / 1024} MiB.");
            return default;
        }

        var mask = UploadReader.ToMask(bytes.AsMemory(0, length));
        if (mask.Refusal is { } reason)
        {
            fields.Refuse(Name, reason);
        }

        return mask.DataUri;
    }

    private static ReadOnlyMemory<byte> Of(OpenAiFields fields, string name, OpenAiPart part)
    {
        switch (part)
        {
            case { File: { Refusal: null } file }:
                return file.DataUri;
            case { File.Refusal: { } refusal }:
                fields.Refuse(name, refusal);
                return default;
            case { Text: { } text, Member: null or "image_url" }:
                return Quote(text);
            case { Text: { } id, Member: "file_id" }:
                return Stored(fields, name, id);
            case { Json.ValueKind: not JsonValueKind.Undefined }:
                return OfJson(fields, name, part.Json);
            default:
                fields.Refuse(name, Expected, OpenAiErrors.InvalidType);
                return default;
        }
    }

    private static ReadOnlyMemory<byte> OfJson(OpenAiFields fields, string name, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
        {
            return JsonMarshal.GetRawUtf8Value(json).ToArray();
        }

        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("image_url", out var url) && url.ValueKind == JsonValueKind.String)
        {
            return JsonMarshal.GetRawUtf8Value(url).ToArray();
        }

        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty("file_id", out var file) && OpenAiFields.TextOf(file) is { } id)
        {
            return Stored(fields, name, id);
        }

        fields.Refuse(name, Expected, OpenAiErrors.InvalidType);
        return default;
    }

    private static ReadOnlyMemory<byte> Stored(OpenAiFields fields, string name, string id)
    {
        if (id.StartsWith("med_", StringComparison.Ordinal))
        {
            return Quote("media:" + id);
        }

        fields.Refuse(name, "There is no Files API here; file_id takes the id of a result of Framegate, med_....");
        return default;
    }

    private static byte[] Quote(string text) => Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");
}
