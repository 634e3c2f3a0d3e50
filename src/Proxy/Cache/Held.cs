namespace Framegate.Proxy.Cache;

/// <summary>What memory holds for a key.</summary>
/// <param name="entry">The entry.</param>
/// <param name="value">The object that the hybrid cache has asked to keep, which wraps the entry.</param>
/// <param name="stats">Whose numbers it counts in.</param>
internal sealed class Held(CacheEntry entry, object value, ModelStats stats)
{
    /// <summary>The entry.</summary>
    public CacheEntry Entry => entry;

    /// <summary>The object that the hybrid cache has asked to keep.</summary>
    public object Value => value;

    /// <summary>Whose numbers it counts in.</summary>
    public ModelStats Stats => stats;

    /// <summary>About how much memory it takes, bytes.</summary>
    public int Size { get; } = entry.Size;

    /// <summary>True when it has answered since this was last looked at.</summary>
    public volatile bool Used;
}
