using System.Buffers.Binary;
using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Framegate.Proxy.Storage;

/// <summary>
/// One file of the <see cref="Journal"/>, mapped into memory: what has been copied there belongs to the system, and outlives the process.
/// A frame is the file's number, length and checksum of a payload, and the payload, on a multiple of 16 bytes. Its space is set
/// aside on the disk from the start, so that a full disk cannot be met while writing.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    /// <summary>What precedes a payload, bytes.</summary>
    public const int FrameHeader = 16;

    /// <summary>Its size, bytes.</summary>
    public const int Capacity = 8 * 1024 * 1024;

    private const int Alignment = 16;
    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private long _length;
    private int _writers;

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

        _map = MemoryMappedFile.CreateFromFile(_handle, null, Capacity, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: true);
        _view = _map.CreateViewAccessor(0, Capacity);
        Sequence = _view.ReadInt64(0);
    }

    /// <summary>The later file has the higher one. Frames of an earlier use of the file carry another.</summary>
    public long Sequence { get; private set; }

    /// <summary>How much of it is written, bytes; above <see cref="Capacity"/> once something did not fit.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>True while nobody is copying into it.</summary>
    public bool IsQuiet => Volatile.Read(ref _writers) == 0;

    /// <summary>Announces a writer, so that the file is not used anew under its hands.</summary>
    public void Enter() => Interlocked.Increment(ref _writers);

    /// <summary>Takes the announcement back.</summary>
    public void Leave() => Interlocked.Decrement(ref _writers);

    /// <summary>Copies a frame in.</summary>
    /// <param name="frame">Room for the header, and the payload.</param>
    /// <returns>False when it does not fit any more.</returns>
    public bool TryAppend(Span<byte> frame)
    {
        var room = (frame.Length + Alignment - 1) / Alignment * Alignment;
        var end = Interlocked.Add(ref _length, room);
        if (end > Capacity)
        {
            return false;
        }

        var payload = frame[FrameHeader..];
        BinaryPrimitives.WriteInt64LittleEndian(frame, Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(frame[8..], payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], Crc32.HashToUInt32(payload));
        _view.SafeMemoryMappedViewHandle.WriteSpan<byte>((ulong)(end - room), frame);
        return true;
    }

    /// <summary>Waits for the disk.</summary>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public void Flush() => RandomAccess.FlushToDisk(_handle);

    /// <summary>Begins anew; what it holds is forgotten.</summary>
    public void Begin(long sequence)
    {
        Sequence = sequence;
        _view.Write(0, sequence);
        Volatile.Write(ref _length, Alignment);
    }

    /// <summary>
    /// Every whole payload of its last use. One that a crash cut short is passed over: whoever was writing it had not gone on yet, but
    /// others may have finished theirs behind it.
    /// </summary>
    public IEnumerable<byte[]> Read()
    {
        for (long offset = Alignment; offset + FrameHeader <= Capacity;)
        {
            if (ReadAt(offset) is { } payload)
            {
                yield return payload;
                offset += (FrameHeader + payload.Length + Alignment - 1) / Alignment * Alignment;
            }
            else
            {
                offset += Alignment;
            }
        }
    }

    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
        _handle.Dispose();
    }

    private byte[]? ReadAt(long offset)
    {
        var length = _view.ReadInt32(offset + 8);
        if (_view.ReadInt64(offset) != Sequence || length <= 0 || offset + FrameHeader + length > Capacity)
        {
            return null;
        }

        var payload = new byte[length];
        _view.ReadArray(offset + FrameHeader, payload, 0, length);
        return Crc32.HashToUInt32(payload) == _view.ReadUInt32(offset + 12) ? payload : null;
    }
}
