using System.Buffers;
using System.Text.Json;
using Framegate.Transforms.Native;

namespace Framegate.Proxy.Edge.Native;

/// <summary>
/// Links of ours in the body of a native call, as of a picture that a clip is to be made from, become the provider's own again: it fetches them itself, cannot reach
/// every gateway, and opens its own files without fetching them.
/// </summary>
internal static class GivenBackLinks
{
    private const int LargestBody = 8 * 1024 * 1024;

    /// <summary>Replaces them. A larger body, one that is packed and one that is no JSON stay as they are.</summary>
    /// <param name="context">The call.</param>
    /// <param name="outgoing">The body that goes out; null for none.</param>
    /// <param name="prefix">The route's address at the gateway.</param>
    /// <returns>The new body, which is that of the call from now on; null when there is nothing to replace.</returns>
    public static async ValueTask<Stream?> ReplaceAsync(HttpContext context, HttpContent? outgoing, string prefix)
    {
        var request = context.Request;
        if (outgoing is null || request.ContentLength > LargestBody || request.Headers.ContentEncoding.Count > 0 || request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(context.RequestAborted);
            if (!read.IsCompleted && read.Buffer.Length <= LargestBody)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var replaced = read.IsCompleted && HoldsLink(read.Buffer) ? Replace(read.Buffer.ToArray(), prefix + "/~", context) : null;
            if (replaced is null)
            {
                reader.AdvanceTo(read.Buffer.Start);
                return null;
            }

            reader.AdvanceTo(read.Buffer.End);
            request.Body = new MemoryStream(replaced, writable: false);
            outgoing.Headers.ContentLength = request.ContentLength is null ? null : replaced.Length;
            return request.Body;
        }
    }

    private static bool HoldsLink(ReadOnlySequence<byte> body) => new SequenceReader<byte>(body).TryReadTo(out ReadOnlySequence<byte> _, "/~"u8);

    private static byte[]? Replace(byte[] body, string start, HttpContext context)
    {
        ArrayBufferWriter<byte>? output = null;
        var copied = 0;
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String && reader.GetString() is { } text && text.StartsWith(start, StringComparison.Ordinal)
                    && Original(text[(start.Length - 2)..], context) is { } original)
                {
                    output ??= new ArrayBufferWriter<byte>(body.Length);
                    output.Write(body.AsSpan(copied, (int)reader.TokenStartIndex + 1 - copied));
                    output.Write(JsonEncodedText.Encode(original, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
                    copied = (int)reader.BytesConsumed - 1;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The provider is the one to refuse it.
            return null;
        }

        output?.Write(body.AsSpan(copied));
        return output?.WrittenSpan.ToArray();
    }

    /// <summary>What the provider wrote where the client got this.</summary>
    private static string? Original(string path, HttpContext context) =>
        NativePin.Read(path, out var rest) is not { } pin || context.GetReverseProxyFeature().AllDestinations.FirstOrDefault(d => d.DestinationId == pin.Destination) is not { } destination ? null
        : pin.Host is { } host ? $"{pin.Scheme ?? Uri.UriSchemeHttps}://{host}{rest}"
        : new Uri(destination.Model.Config.Address).GetLeftPart(UriPartial.Path).TrimEnd('/') + rest;
}
