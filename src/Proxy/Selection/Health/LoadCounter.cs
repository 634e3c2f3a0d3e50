namespace Framegate.Proxy.Selection.Health;

/// <summary>Counts open jobs.</summary>
internal sealed class LoadCounter
{
    private int _open;

    /// <summary>How many are open now.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>One more.</summary>
    public void Add() => Interlocked.Increment(ref _open);

    /// <summary>One less.</summary>
    public void Remove() => Interlocked.Decrement(ref _open);
}
