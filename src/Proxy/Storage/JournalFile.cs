using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Framegate.Proxy.Storage;

/// <summary>One file of the <see cref="Journal"/>: a header with its number, then frames of length, checksum and payload.</summary>
internal sealed class JournalFile : IDisposable
{
    /// <summary>What precedes a payload, bytes.</summary>
    public const int FrameHeader = 8;

    private const int HeaderLength = 16;
    private const long Magic = 0x31_4c_4e_4a_47_46; // "FGJNL1"
    private readonly SafeFileHandle _handle;

    /// <summary>Opens it, creating it where it does not exist.</summary>
    public JournalFile(string path)
    {
        _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        Length = RandomAccess.GetLength(_handle);
        Span<byte> header = stackalloc byte[HeaderLength];
        if (RandomAccess.Read(_handle, header, 0) == HeaderLength && BinaryPrimitives.ReadInt64LittleEndian(header) == Magic)
        {
            Sequence = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
            return;
        }

        // New, or cut short before its header was whole: there is nothing in it.
        Begin(0);
    }

    /// <summary>The later file has the higher one.</summary>
    public long Sequence { get; private set; }

    /// <summary>The end of what was written, bytes.</summary>
    public long Length { get; private set; }

    /// <summary>True while it holds no record.</summary>
    public bool IsEmpty => Length <= HeaderLength;

    /// <summary>Fills in the header of a frame.</summary>
    /// <param name="frame">The frame; its payload is complete.</param>
    public static void Seal(Span<byte> frame)
    {
        var payload = frame[FrameHeader..];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Crc32.HashToUInt32(payload));
    }

    /// <summary>Writes a frame at the end. One that fails half way is overwritten by the next.</summary>
    public void Append(ReadOnlySpan<byte> frame)
    {
        RandomAccess.Write(_handle, frame, Length);
        Length += frame.Length;
    }

    /// <summary>Waits for the disk.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_handle);

    /// <summary>Empties it and gives it a number.</summary>
    public void Begin(long sequence)
    {
        RandomAccess.SetLength(_handle, 0);
        Span<byte> header = stackalloc byte[HeaderLength];
        BinaryPrimitives.WriteInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], sequence);
        RandomAccess.Write(_handle, header, 0);
        (Sequence, Length) = (sequence, HeaderLength);
    }

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        RandomAccess.SetLength(_handle, HeaderLength);
        Length = HeaderLength;
    }

    /// <summary>Every payload up to the first that is not whole: what a crash cut short was never acknowledged.</summary>
    public IEnumerable<byte[]> Read()
    {
        var end = RandomAccess.GetLength(_handle);
        var header = new byte[FrameHeader];
        for (long offset = HeaderLength; offset + FrameHeader <= end;)
        {
            RandomAccess.Read(_handle, header, offset);
            var length = BinaryPrimitives.ReadInt32LittleEndian(header);
            if (length <= 0 || offset + FrameHeader + length > end)
            {
                yield break;
            }

            var payload = new byte[length];
            RandomAccess.Read(_handle, payload, offset + FrameHeader);
            if (Crc32.HashToUInt32(payload) != BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(4)))
            {
                yield break;
            }

            yield return payload;
            offset += FrameHeader + length;
        }
    }

    public void Dispose() => _handle.Dispose();
}
