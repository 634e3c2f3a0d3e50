using System.Buffers;

namespace Framegate.Transforms.Forwarding;

/// <summary>Reads an answer into memory, up to a limit.</summary>
internal static class BoundedBody
{
    private const int Start = 8 * 1024;

    /// <summary>Reads to the end, or as far as that goes.</summary>
    /// <param name="content">The body.</param>
    /// <param name="limit">The most that is read, bytes once unpacked.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>What arrived; and why it is not all of it, or null when it is.</returns>
    public static async ValueTask<(byte[] Body, Exception? Broken)> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Start);
        var length = 0;
        Exception? broken = null;
        try
        {
            var stream = await ContentCoding.OpenAsync(content, cancellationToken).ConfigureAwait(false);
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is var read and > 0)
            {
                length += read;
                if (length > limit)
                {
                    (length, broken) = (limit, new IOException($"The answer is larger than {limit} bytes."));
                    break;
                }

                if (length == buffer.Length)
                {
                    buffer = Grow(buffer);
                }
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or OperationCanceledException)
        {
            broken = e;
        }

        var body = buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return (body, broken);
    }

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
