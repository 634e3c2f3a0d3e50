using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Sandbox.Engine;

/// <summary>Reads a form as the object that it stands for: files become data URIs, <c>name[]</c> an array.</summary>
internal static class FormBody
{
    /// <summary>Names whose values are numbers or flags where an API takes forms.</summary>
    private static readonly string[] s_literals = ["n", "strength", "stream", "partial_images", "output_compression", "random_seed", "frame_count",
        "frame_duration_ms", "seed", "zoom_out_percentage"];

    /// <summary>The object; null when the form cannot be read.</summary>
    public static async Task<JsonElement?> ReadAsync(HttpContext context)
    {
        IFormCollection form;
        try
        {
            form = await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return null;
        }

        var body = new JsonObject();
        foreach (var (name, values) in form)
        {
            foreach (var value in values)
            {
                Add(body, name, s_literals.Contains(name) ? Literal(value) : value);
            }
        }

        foreach (var file in form.Files)
        {
            using var content = new MemoryStream();
            await using (var stream = file.OpenReadStream())
            {
                await stream.CopyToAsync(content, context.RequestAborted);
            }

            Add(body, file.Name, $"data:{Sniff(content.GetBuffer())};base64,{Convert.ToBase64String(content.GetBuffer(), 0, (int)content.Length)}");
        }

        return JsonElement.Parse(Reply.Write(body));
    }

    private static void Add(JsonObject body, string name, JsonNode? value)
    {
        if (!name.EndsWith("[]", StringComparison.Ordinal))
        {
            body[name] = value;
            return;
        }

        var list = body[name[..^2]] as JsonArray ?? [];
        body[name[..^2]] = list;
        list.Add(value);
    }

    private static JsonNode? Literal(string? text)
    {
        try
        {
            return JsonNode.Parse(text ?? "") is JsonValue value ? value : text;
        }
        catch (JsonException)
        {
            return text;
        }
    }

    /// <summary>The type by the first bytes: what a client writes beside a file is not reliable.</summary>
    private static string Sniff(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']) ? "image/png" : bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8])
            ? "image/jpeg" : bytes.StartsWith("RIFF"u8) ? "image/webp" : "image/unknown";
}
