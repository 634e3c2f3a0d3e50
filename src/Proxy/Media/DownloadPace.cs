namespace Framegate.Proxy.Media;

/// <summary>Watches that a download gets on, so that one which trickles gives its place to another.</summary>
/// <param name="options">How long it may stand still, how slow it may be, and how long it may take.</param>
/// <param name="time">The clock.</param>
internal sealed class DownloadPace(MediaOptions options, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _windowStart = time.GetTimestamp();
    private long _window;

    /// <summary>How long the next bytes may take.</summary>
    public TimeSpan Patience
    {
        get
        {
            var left = options.DownloadTime - time.GetElapsedTime(_start);
            return left <= TimeSpan.Zero ? TimeSpan.Zero : left < options.IdleTimeout ? left : options.IdleTimeout;
        }
    }

    /// <summary>Some bytes have come.</summary>
    /// <exception cref="IOException">They come too slowly, or have come for too long.</exception>
    public void Received(int bytes)
    {
        _window += bytes;
        if (time.GetElapsedTime(_start) > options.DownloadTime)
        {
            throw new IOException($"it took longer than {options.DownloadTime}");
        }

        var took = time.GetElapsedTime(_windowStart);
        if (took < options.IdleTimeout)
        {
            return;
        }

        if (_window < options.LowestRate * took.TotalSeconds)
        {
            throw new IOException($"it came at {_window / took.TotalSeconds:0} bytes a second");
        }

        (_windowStart, _window) = (time.GetTimestamp(), 0);
    }
}
