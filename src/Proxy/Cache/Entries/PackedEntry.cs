using System.ComponentModel;
using System.Text.Json;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>
/// An entry as the hybrid cache holds it. Most entries never answer, so until one does it is one array of bytes instead of some twenty
/// objects, which the collector would have to visit and move again and again.
/// </summary>
[ImmutableObject(true)]
internal sealed class PackedEntry
{
    // The entry, or its bytes.
    private object _content;

    /// <summary>An entry that another process may have written.</summary>
    public PackedEntry(byte[] bytes) => _content = bytes;

    /// <summary>An entry of this process.</summary>
    public PackedEntry(CacheEntry entry) => (_content, Accepted) = (Pack(entry), true);

    /// <summary>True once it is known that no invalidation has overtaken it on its way here.</summary>
    public volatile bool Accepted;

    /// <summary>The entry without its key, as JSON.</summary>
    public byte[] Bytes => Volatile.Read(ref _content) is var content && content is byte[] bytes ? bytes : Pack((CacheEntry)content);

    /// <summary>The entry, to answer with: the same one each time.</summary>
    /// <exception cref="JsonException">The bytes are no entry.</exception>
    public CacheEntry Open(string key)
    {
        var content = Volatile.Read(ref _content);
        if (content is CacheEntry entry)
        {
            return entry;
        }

        var made = Unpack((byte[])content, key);
        return Interlocked.CompareExchange(ref _content, made, content) as CacheEntry ?? made;
    }

    /// <summary>The entry, for a look at what it is about.</summary>
    /// <exception cref="JsonException">The bytes are no entry.</exception>
    public CacheEntry Peek(string key) => Volatile.Read(ref _content) is var content && content is byte[] bytes ? Unpack(bytes, key) : (CacheEntry)content;

    private static byte[] Pack(CacheEntry entry) => JsonSerializer.SerializeToUtf8Bytes(entry with { Key = "" }, CacheEntryJson.Default.CacheEntry);

    private static CacheEntry Unpack(byte[] bytes, string key) =>
        (JsonSerializer.Deserialize(bytes, CacheEntryJson.Default.CacheEntry) ?? throw new JsonException("A packed entry is empty.")) with { Key = key };
}
