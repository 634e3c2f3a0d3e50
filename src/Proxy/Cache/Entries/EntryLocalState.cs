namespace Framegate.Proxy.Cache.Entries;

/// <summary>What one process knows about an entry.</summary>
internal sealed class EntryLocalState
{
    /// <summary>The id of the generation that its hits are read back from; null until it is known.</summary>
    public volatile string? Origin;

    /// <summary>When its files were last seen, milliseconds of the machine's uptime; long ago for never.</summary>
    public long FilesSeenAt = long.MinValue / 2;
}
