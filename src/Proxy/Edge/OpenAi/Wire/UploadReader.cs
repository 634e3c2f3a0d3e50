using System.Buffers;
using System.Buffers.Text;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Media.Probe;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>
/// Reads an uploaded image into the <c>data:</c> URI that the unified request takes, encoding it on the way. The URI, unlike a stored file's id, is the
/// same for the same picture: a repeated request is recognised, and a cached result found.
/// </summary>
internal static class UploadReader
{
    /// <summary>The largest mask, bytes (OpenAI's limit).</summary>
    public const int MaxMaskBytes = 4 * 1024 * 1024;

    private const int Chunk = 48 * 1024; // a multiple of 3: only the last one is padded

    /// <summary>Reads an image; its first bytes decide what it is.</summary>
    public static async Task<Upload> ReadImageAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            var read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, Chunk), Chunk, throwOnEndOfStream: false, cancellationToken);
            var type = await TypeOfAsync(buffer.AsMemory(0, read), cancellationToken);
            var output = new ArrayBufferWriter<byte>(type is null ? 1 : 2 * Chunk);
            if (type is not null)
            {
                output.Write("\"data:"u8);
                output.Write(System.Text.Encoding.ASCII.GetBytes(type));
                output.Write(";base64,"u8);
            }

            for (long length = read; read > 0; length += read)
            {
                if (length > GenerationRequestReader.MaxInlineImageBytes)
                {
                    await DrainAsync(stream, buffer, cancellationToken);
                    return new Upload(default, $"It must be at most {GenerationRequestReader.MaxInlineImageBytes / 1024 / 1024} MiB.");
                }

                if (type is not null)
                {
                    Base64.EncodeToUtf8(buffer.AsSpan(0, read), output.GetSpan(Base64.GetMaxEncodedToUtf8Length(read)), out _, out var written);
                    output.Advance(written);
                }

                read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, Chunk), Chunk, throwOnEndOfStream: false, cancellationToken);
            }

            if (type is null)
            {
                return new Upload(default, "It must be a PNG, JPEG, WebP, GIF or AVIF image.");
            }

            output.Write("\""u8);
            return new Upload(output.WrittenMemory);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a mask and turns it from the dialect's meaning, see-through is repainted, into the unified one, white is repainted.</summary>
    public static async Task<Upload> ReadMaskAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[Chunk];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (bytes.Length + read > MaxMaskBytes)
            {
                await DrainAsync(stream, buffer, cancellationToken);
                return new Upload(default, $"It must be at most {MaxMaskBytes / 1024 / 1024} MiB.");
            }

            bytes.Write(buffer, 0, read);
        }

        return ToMask(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <summary>Turns a mask's bytes into the unified mask.</summary>
    public static Upload ToMask(ReadOnlyMemory<byte> png)
    {
        using var output = new MemoryStream();
        return MaskConverter.Convert(png, output) is { } refusal
            ? new Upload(default, refusal)
            : new Upload(System.Text.Encoding.ASCII.GetBytes(
                $"\"data:image/png;base64,{Convert.ToBase64String(output.GetBuffer().AsSpan(0, (int)output.Length))}\""));
    }

    private static async ValueTask<string?> TypeOfAsync(ReadOnlyMemory<byte> start, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(start.ToArray(), writable: false);
        return start.IsEmpty ? null : await MediaProbe.ReadAsync(stream, cancellationToken) is { Type: MediaType.Image } facts ? facts.ContentType : null;
    }

    // The rest of the form is read all the same, so that the answer names the part that is wrong.
    private static async Task DrainAsync(Stream stream, byte[] buffer, CancellationToken cancellationToken)
    {
        while (await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
        }
    }
}
