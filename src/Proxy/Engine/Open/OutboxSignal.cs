using System.Threading.Channels;

namespace Framegate.Proxy.Engine.Open;

/// <summary>Wakes whoever delivers callbacks once one is due. Many calls before it wakes count as one.</summary>
internal sealed class OutboxSignal
{
    private readonly Channel<bool> _set = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Something is due.</summary>
    public void Set() => _set.Writer.TryWrite(true);

    /// <summary>Waits until something is due, or the token ends.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        Task woken = _set.Reader.WaitToReadAsync(cancellationToken).AsTask();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _set.Reader.TryRead(out _);
    }
}
