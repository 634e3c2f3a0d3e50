using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Framegate.Sandbox.Core;

/// <summary>Writes answers.</summary>
internal static class Answer
{
    // The providers do not escape quotes and ampersands either; the default is for JSON inside HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task JsonAsync<T>(HttpContext context, int status, T body, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        await using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            JsonSerializer.Serialize(writer, body, type);
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    /// <summary>Writes bytes, or the range asked for; a HEAD gets the headers only.</summary>
    public static Task BytesAsync(HttpContext context, byte[] bytes, string contentType) =>
        Results.Bytes(bytes, contentType, enableRangeProcessing: true).ExecuteAsync(context);
}
