using System.Buffers;
using System.Buffers.Binary;

namespace Framegate.Proxy.Media.Whole;

/// <summary>Walks through a file piece by piece with one small buffer; what is skipped is not read.</summary>
internal sealed class ByteWalker(Stream stream, CancellationToken cancel) : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private long _start;
    private int _count;

    /// <summary>The size of the file, bytes.</summary>
    public long Length { get; } = stream.Length;

    /// <summary>Where it stands; it may be beyond the end.</summary>
    public long Offset { get; set; }

    /// <summary>How many bytes come behind; negative beyond the end.</summary>
    public long Left => Length - Offset;

    /// <summary>The bytes from here on that are in memory.</summary>
    public ReadOnlySpan<byte> Here => _buffer.AsSpan((int)(Offset - _start), (int)(_start + _count - Offset));

    /// <summary>Brings bytes into memory, so that <see cref="Here"/> has them.</summary>
    /// <param name="count">How many; at most 32 KiB.</param>
    /// <returns>False when the file ends before.</returns>
    public async ValueTask<bool> HasAsync(int count)
    {
        if (Left < count)
        {
            return false;
        }

        if (Offset < _start || Offset + count > _start + _count)
        {
            stream.Position = _start = Offset;
            _count = await stream.ReadAtLeastAsync(_buffer.AsMemory(0, BufferSize), count, throwOnEndOfStream: false, cancel);
        }

        return _count >= count;
    }

    /// <summary>A big-endian number of four bytes.</summary>
    public long UInt32(int at) => BinaryPrimitives.ReadUInt32BigEndian(Here[at..]);

    /// <summary>A little-endian number of four bytes.</summary>
    public long UInt32Little(int at) => BinaryPrimitives.ReadUInt32LittleEndian(Here[at..]);

    /// <summary>A big-endian number of two bytes.</summary>
    public int UInt16(int at) => BinaryPrimitives.ReadUInt16BigEndian(Here[at..]);

    /// <summary>Whether these bytes come next, or behind so many others.</summary>
    public bool Is(ReadOnlySpan<byte> bytes, int at = 0) => Here.Length >= at + bytes.Length && Here.Slice(at, bytes.Length).SequenceEqual(bytes);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
