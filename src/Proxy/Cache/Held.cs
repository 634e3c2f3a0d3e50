namespace Framegate.Proxy.Cache;

/// <summary>What memory holds for a key.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Value">The object that the hybrid cache has asked to keep, which wraps the entry.</param>
/// <param name="Stats">Whose numbers it counts in.</param>
internal sealed record Held(CacheEntry Entry, object Value, ModelStats Stats)
{
    /// <summary>About how much memory it takes, bytes.</summary>
    public int Size { get; } = Entry.Size;
}
