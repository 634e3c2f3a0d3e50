namespace Framegate.Proxy.Edge.Native;

/// <summary>Reads an answer that must not go silent.</summary>
internal sealed class IdleReader : IDisposable
{
    private readonly Stream _source;
    private readonly TimeSpan _longest;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _aborted;
    private readonly CancellationTokenRegistration _link;

    /// <summary>Reads an answer.</summary>
    /// <param name="source">The answer.</param>
    /// <param name="longest">How long nothing may come of it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="aborted">The caller is gone.</param>
    public IdleReader(Stream source, TimeSpan longest, TimeProvider time, CancellationToken aborted)
    {
        (_source, _longest, _aborted) = (source, longest, aborted);
        _stop = new CancellationTokenSource(longest, time);
        _link = aborted.UnsafeRegister(stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
    }

    /// <summary>Reads on.</summary>
    /// <returns>The number of bytes; 0 at the end.</returns>
    /// <exception cref="TimeoutException">Nothing came for too long.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer)
    {
        _stop.CancelAfter(_longest);
        try
        {
            return await _source.ReadAsync(buffer, _stop.Token);
        }
        catch (OperationCanceledException e) when (!_aborted.IsCancellationRequested)
        {
            throw new TimeoutException("The provider began an answer and went silent.", e);
        }
        finally
        {
            // A slow client is not the provider's fault.
            _stop.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _link.Dispose();
        _stop.Dispose();
    }
}
