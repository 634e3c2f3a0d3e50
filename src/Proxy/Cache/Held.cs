namespace Framegate.Proxy.Cache;

/// <summary>
/// What memory holds for a key. Most entries never answer, so until one does it is kept packed: one array of bytes in the place of some
/// twenty objects, which the collector would have to visit and move again and again.
/// </summary>
internal sealed class Held
{
    private const int FixedBytes = 250;
    private readonly object? _value;

    // The entry, or the bytes it is read from.
    private object _content;

    /// <summary>An entry that nothing wraps.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="stats">Whose numbers it counts in.</param>
    public Held(CacheEntry entry, ModelStats stats)
    {
        var packed = entry.Pack();
        (Key, ExpiresAt, Stats, _content) = (entry.Key, entry.ExpiresAt, stats, packed);
        Size = FixedBytes + (2 * Key.Length) + packed.Length;
    }

    /// <summary>An entry in an object that the hybrid cache has asked to keep.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="value">The object, which wraps the entry.</param>
    /// <param name="stats">Whose numbers it counts in.</param>
    public Held(CacheEntry entry, object value, ModelStats stats)
    {
        (Key, ExpiresAt, Stats, _content, _value) = (entry.Key, entry.ExpiresAt, stats, entry, value);
        Size = entry.Size;
    }

    /// <summary>The key of the entry.</summary>
    public string Key { get; }

    /// <summary>When the entry answers no longer.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Whose numbers it counts in.</summary>
    public ModelStats Stats { get; }

    /// <summary>About how much memory it takes, bytes.</summary>
    public int Size { get; }

    /// <summary>True when it has answered since this was last looked at.</summary>
    public volatile bool Used;

    /// <summary>The object that the hybrid cache has asked to keep.</summary>
    public object Value => _value ?? Open();

    /// <summary>The entry, to answer with; always the same one.</summary>
    public CacheEntry Open()
    {
        var content = Volatile.Read(ref _content);
        return content as CacheEntry
            ?? (Interlocked.CompareExchange(ref _content, CacheEntry.Unpack((byte[])content), content) is CacheEntry other ? other : (CacheEntry)Volatile.Read(ref _content));
    }

    /// <summary>The entry, for a look at what it is about.</summary>
    public CacheEntry Peek()
    {
        var content = Volatile.Read(ref _content);
        return content as CacheEntry ?? CacheEntry.Unpack((byte[])content);
    }
}
