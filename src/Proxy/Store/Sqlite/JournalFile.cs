using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// One file of the <see cref="Journal"/>. A frame is the file's number, length and checksum of a payload, and the payload, on a multiple of
/// 16 bytes. Its space is set aside on the disk from the start, so that a full disk cannot be met while writing.
/// </summary>
internal sealed partial class JournalFile : IDisposable
{
    /// <summary>What precedes a payload, bytes.</summary>
    public const int FrameHeader = 16;

    /// <summary>Its size, bytes.</summary>
    public const int Capacity = 8 * 1024 * 1024;

    private const int Alignment = 16;
    private const int InterruptedBySignal = 4;
    private readonly SafeFileHandle _handle;
    private long _length;

    // What was written is known before it is said here, so that no flush passes it over.
    private volatile bool _dirty;

    /// <summary>Opens it, creating it where it does not exist.</summary>
    /// <exception cref="IOException">There is no room for it.</exception>
    public JournalFile(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != Capacity)
        {
            File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, preallocationSize: Capacity).Dispose();
        }

        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        if (RandomAccess.GetLength(_handle) < Capacity)
        {
            RandomAccess.SetLength(_handle, Capacity);
        }

        Span<byte> header = stackalloc byte[sizeof(long)];
        RandomAccess.Read(_handle, header, 0);
        Sequence = BinaryPrimitives.ReadInt64LittleEndian(header);
    }

    /// <summary>The later file has the higher one. Frames of an earlier use of the file carry another.</summary>
    public long Sequence { get; private set; }

    /// <summary>How much of it is written, bytes.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>The room that a frame takes, bytes.</summary>
    public static int RoomFor(int frame) => (frame + Alignment - 1) / Alignment * Alignment;

    /// <summary>Completes a frame but for the number of the file, which <see cref="TryWrite"/> knows.</summary>
    /// <param name="frame">Room for the header, and the payload.</param>
    public static void Seal(Span<byte> frame)
    {
        var payload = frame[FrameHeader..];
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], Crc32.HashToUInt32(payload));
    }

    /// <summary>Writes frames behind those that are there.</summary>
    /// <param name="frames">Sealed frames, each in its <see cref="RoomFor"/>.</param>
    /// <returns>False when they do not fit any more; nothing is written then.</returns>
    /// <exception cref="IOException">The disk did not take them.</exception>
    public bool TryWrite(Span<byte> frames)
    {
        if (_length + frames.Length > Capacity)
        {
            return false;
        }

        for (var rest = frames; rest.Length > 0;)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, Sequence);
            rest = rest[RoomFor(FrameHeader + BinaryPrimitives.ReadInt32LittleEndian(rest[8..]))..];
        }

        // What a write cuts short is not passed over by the next one: a frame is whole or it is none, and reading looks on behind it.
        var offset = _length;
        Volatile.Write(ref _length, offset + frames.Length);
        RandomAccess.Write(_handle, frames, offset);
        _dirty = true;
        return true;
    }

    /// <summary>Waits until the disk has all that was written before. Others may write meanwhile; two flushes must not meet.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public void Flush()
    {
        if (!_dirty)
        {
            return;
        }

        _dirty = false;
        try
        {
            FlushData(_handle);
        }
        catch
        {
            _dirty = true;
            throw;
        }
    }

    /// <summary>Begins anew; what it holds is forgotten.</summary>
    public void Begin(long sequence)
    {
        Span<byte> header = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(header, sequence);
        RandomAccess.Write(_handle, header, 0);
        _dirty = true;
        Sequence = sequence;
        Volatile.Write(ref _length, Alignment);
    }

    /// <summary>
    /// Every whole payload of its last use. One that a crash cut short is passed over: whoever was writing it had not gone on yet, but
    /// others may have finished theirs behind it.
    /// </summary>
    public IEnumerable<byte[]> Read()
    {
        var content = new byte[Capacity];
        var length = 0;
        while (length < Capacity && RandomAccess.Read(_handle, content.AsSpan(length), length) is > 0 and var read)
        {
            length += read;
        }

        for (var offset = Alignment; offset + FrameHeader <= Capacity;)
        {
            if (PayloadAt(content.AsSpan(offset)) is { } payload)
            {
                yield return payload;
                offset += RoomFor(FrameHeader + payload.Length);
            }
            else
            {
                offset += Alignment;
            }
        }
    }

    public void Dispose() => _handle.Dispose();

    /// <summary>Where the system can: the data alone, and not the time of the change, which costs a second write.</summary>
    private static void FlushData(SafeFileHandle handle)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        while (FDataSync(handle) != 0)
        {
            if (Marshal.GetLastPInvokeError() is not InterruptedBySignal and var error)
            {
                throw new IOException($"The journal could not be flushed: {Marshal.GetPInvokeErrorMessage(error)}.");
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    private byte[]? PayloadAt(ReadOnlySpan<byte> frame)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(frame[8..]);
        if (BinaryPrimitives.ReadInt64LittleEndian(frame) != Sequence || length <= 0 || length > frame.Length - FrameHeader)
        {
            return null;
        }

        var payload = frame.Slice(FrameHeader, length);
        return Crc32.HashToUInt32(payload) == BinaryPrimitives.ReadUInt32LittleEndian(frame[12..]) ? payload.ToArray() : null;
    }
}
