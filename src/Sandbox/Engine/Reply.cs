using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Sandbox.Engine;

/// <summary>An answer before it is written.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON body; null for none, or for the bytes.</param>
internal sealed record Reply(int Status, JsonNode? Body = null)
{
    // The providers do not escape quotes and ampersands either; the default is for JSON inside HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The body where it is no JSON.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; init; }

    public string ContentType { get; init; } = "application/json";

    public static Reply Ok(JsonNode body) => new(StatusCodes.Status200OK, body);

    public static Reply OfText(int status, string text) => new(status) { Bytes = Encoding.UTF8.GetBytes(text), ContentType = "text/plain; charset=utf-8" };

    public static byte[] Write(JsonNode body)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            body.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    public Reply With(string header, string value) => this with { Headers = [.. Headers, (header, value)] };

    public async Task WriteAsync(HttpContext context)
    {
        foreach (var (name, value) in Headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.StatusCode = Status;
        if ((Bytes ?? (Body is null ? null : (ReadOnlyMemory<byte>?)Write(Body))) is { } bytes)
        {
            context.Response.ContentType = ContentType;
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
