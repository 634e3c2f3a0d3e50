namespace Framegate.Proxy.Cache.Entries;

/// <summary>What one process knows about an entry.</summary>
internal sealed class EntryLocalState
{
    /// <summary>The number of the row in this node's store that its hits are read back from; 0 until it is known.</summary>
    public long Origin;

    /// <summary>When its files were last seen, milliseconds of the machine's uptime; long ago for never.</summary>
    public long FilesSeenAt = long.MinValue / 2;
}
