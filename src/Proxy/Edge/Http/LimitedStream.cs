using Framegate.Proxy.Media;

namespace Framegate.Proxy.Edge.Http;

/// <summary>A body that ends with an error where it is longer than it may be.</summary>
/// <param name="inner">The body.</param>
/// <param name="largest">How many bytes it may have.</param>
internal sealed class LimitedStream(Stream inner, long largest) : ReadOnlyBody
{
    private long _read;

    /// <exception cref="MediaTooLargeException">There are more bytes than there may be.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _read += read;
        return _read > largest ? throw new MediaTooLargeException(largest) : read;
    }
}
