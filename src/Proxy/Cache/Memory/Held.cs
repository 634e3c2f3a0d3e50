using Framegate.Proxy.Cache.Entries;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>
/// What memory holds for a key. Most entries never answer, so until one does it is kept packed: one array of bytes instead of some twenty
/// objects, which the collector would have to visit and move again and again.
/// </summary>
internal sealed class Held
{
    private readonly string _provider;
    private readonly string _model;
    private readonly object? _value;

    // The entry, or its bytes.
    private object _content;

    /// <summary>An entry that nothing wraps.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="stats">Whose numbers it counts in.</param>
    public Held(CacheEntry entry, ModelStats stats)
    {
        (Key, ExpiresAt, Stats, Size, _content) = (entry.Key, entry.ExpiresAt, stats, entry.Size, entry.Pack());

        // Not the strings of its request, where others say the same.
        (_provider, _model) = (entry.Provider == stats.Provider ? stats.Provider : entry.Provider, entry.Model == stats.Model ? stats.Model : entry.Model);
    }

    /// <summary>An entry in an object that the hybrid cache has asked to keep.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="value">The object, which wraps the entry.</param>
    /// <param name="stats">Whose numbers it counts in.</param>
    public Held(CacheEntry entry, object value, ModelStats stats)
    {
        (Key, ExpiresAt, Stats, _content, _value) = (entry.Key, entry.ExpiresAt, stats, entry, value);
        (_provider, _model) = (entry.Provider, entry.Model);
        Size = entry.Size;
    }

    /// <summary>The key of the entry.</summary>
    public string Key { get; }

    /// <summary>What the entry is called by.</summary>
    public EntryName Name => new(Key, _provider, _model, Stats.Provider, Stats.Model);

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

    /// <summary>The entry, to answer with: the same one each time.</summary>
    public CacheEntry Open()
    {
        var content = Volatile.Read(ref _content);
        if (content is CacheEntry entry)
        {
            return entry;
        }

        var made = CacheEntry.Unpack((byte[])content, Key);
        return Interlocked.CompareExchange(ref _content, made, content) as CacheEntry ?? made;
    }

    /// <summary>The entry, for a look at what it is about.</summary>
    public CacheEntry Peek()
    {
        var content = Volatile.Read(ref _content);
        return content as CacheEntry ?? CacheEntry.Unpack((byte[])content, Key);
    }
}
