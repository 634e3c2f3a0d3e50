using System.Buffers;
using Framegate.Proxy.Cache.Entries;
using Microsoft.Extensions.Caching.Hybrid;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>Entries are bytes already. They are not read before somebody asks for them.</summary>
internal sealed class PackedEntrySerializer : IHybridCacheSerializer<PackedEntry>
{
    public PackedEntry Deserialize(ReadOnlySequence<byte> source) => new(source.ToArray());

    public void Serialize(PackedEntry value, IBufferWriter<byte> target) => target.Write(value.Bytes);
}
