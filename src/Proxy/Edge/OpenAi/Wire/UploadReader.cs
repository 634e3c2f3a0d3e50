using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Probe;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>
/// Reads an uploaded image into the request. Its bytes, unlike a stored file's id, are the same for the same picture: a repeated request is recognised, and
/// a cached result found.
/// </summary>
internal static class UploadReader
{
    /// <summary>The largest mask, bytes (OpenAI's limit).</summary>
    public const int MaxMaskBytes = 4 * 1024 * 1024;

    /// <summary>Reads an image; its first bytes decide what it is.</summary>
    public static Task<Upload> ReadImageAsync(Stream stream, HttpContext context, CancellationToken cancellationToken) =>
        ReadAsync(stream, context, MediaType.Image, GenerationRequestReader.MaxInlineImageBytes, "It must be a PNG, JPEG, WebP, GIF, AVIF or HEIC image.", cancellationToken);

    /// <summary>Reads a clip; its first bytes decide what it is.</summary>
    public static Task<Upload> ReadClipAsync(Stream stream, HttpContext context, CancellationToken cancellationToken) =>
        ReadAsync(stream, context, MediaType.Video, GenerationRequestReader.MaxInlineVideoBytes, "It must be an MP4, QuickTime or WebM video.", cancellationToken);

    /// <summary>Reads a mask and turns it from the dialect's meaning, see-through is repainted, into the unified one, white is repainted.</summary>
    public static async Task<Upload> ReadMaskAsync(Stream stream, CancellationToken cancellationToken)
    {
        var (bytes, refusal) = await ReadAsync(stream, MaxMaskBytes, cancellationToken);
        return bytes is null ? new Upload(null, refusal) : ToMask(bytes) with { IsNothing = bytes.Length == 0 };
    }

    /// <summary>Turns a mask's bytes into the unified mask.</summary>
    public static Upload ToMask(ReadOnlyMemory<byte> png)
    {
        using var output = new MemoryStream();
        return MaskConverter.Convert(png, output) is { } refusal ? new Upload(null, refusal) : new Upload(MediaInput.FromBytes(output.ToArray(), "image/png"));
    }

    /// <summary>A small file stays in memory, a large one becomes a file here too.</summary>
    private static async Task<Upload> ReadAsync(Stream stream, HttpContext context, MediaType expected, int most, string otherwise, CancellationToken cancellationToken)
    {
        var head = new byte[Base64Splitter.Threshold];
        var begun = head.AsMemory(0, await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken));
        if (begun.Length < head.Length)
        {
            var bytes = begun.ToArray();
            using var content = new MemoryStream(bytes, writable: false);
            return bytes.Length > 0 && await MediaProbe.ReadAsync(content, cancellationToken) is { } known && known.Type == expected
                ? new Upload(MediaInput.FromBytes(bytes, known.ContentType))
                : new Upload(null, otherwise) { IsNothing = bytes.Length == 0 };
        }

        var file = await RequestInputs.Of(context).WriteAsync(begun, stream, most, cancellationToken);
        if (file.Length > most)
        {
            return new Upload(null, TooLarge(most));
        }

        await using var written = file.Open();
        return await MediaProbe.ReadAsync(written, cancellationToken) is { } facts && facts.Type == expected
            ? new Upload(MediaInput.FromHeld(file, facts.ContentType))
            : new Upload(null, otherwise);
    }

    private static string TooLarge(int most) => $"It must be at most {most / 1024 / 1024} MiB.";

    // The rest of a file that is too large is read all the same, so that the answer names the part that is wrong.
    private static async Task<(byte[]? Bytes, string? Refusal)> ReadAsync(Stream stream, int most, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[48 * 1024];
        long length = 0;
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            length += read;
            bytes.Write(buffer, 0, length > most ? 0 : read);
        }

        return length > most ? (null, TooLarge(most)) : (bytes.ToArray(), null);
    }
}
