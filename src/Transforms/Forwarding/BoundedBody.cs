using System.Buffers;

namespace Framegate.Transforms.Forwarding;

/// <summary>Reads an answer into memory, up to a limit.</summary>
internal static class BoundedBody
{
    private const int Start = 8 * 1024;
    private const int Piece = 64 * 1024;

    /// <summary>Reads to the end, or as far as that goes.</summary>
    /// <param name="content">The body.</param>
    /// <param name="limit">The most that is read, bytes once unpacked.</param>
    /// <param name="sink">Takes it on the way; null to keep all of it.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>What arrived; and why it is not all of it, or null when it is.</returns>
    public static async ValueTask<(byte[] Body, Exception? Broken)> ReadAsync(HttpContent content, int limit, IAnswerSink? sink, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(sink is null ? Start : Piece);
        var length = 0;
        var fed = 0;
        Exception? broken = null;
        try
        {
            var stream = await ContentCoding.OpenAsync(content, cancellationToken).ConfigureAwait(false);
            while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is var read and > 0)
            {
                if (sink is not null)
                {
                    fed += read;
                    if (fed > limit)
                    {
                        broken = TooLarge(limit);
                        break;
                    }

                    sink.Feed(buffer.AsSpan(0, read));
                    continue;
                }

                length += read;
                if (length > limit)
                {
                    (length, broken) = (limit, TooLarge(limit));
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

        var body = sink?.Finish() ?? buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return (body, broken);
    }

    private static IOException TooLarge(int limit) => new($"The answer is larger than {limit} bytes.");

    private static byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
