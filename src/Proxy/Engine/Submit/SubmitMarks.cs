using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Framegate.Proxy.Common;
using Microsoft.Win32.SafeHandles;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>
/// Distinguishes a submit that had not left when the program was killed from one that may have. Each submit has a slot in a small file. It is marked before the attempt is written down, and
/// marked again right before its last bytes leave. A process that is killed leaves the file as it was; a machine that stops may not, so a file counts only until the next boot.
/// A copy does not count either, as of a backup: what had not left then may have left since. Its inode shows that.
/// Only a mark that is found and shows that is taken for "has not left". Whatever else there is, or is not, means that it may have.
/// </summary>
internal sealed class SubmitMarks : IDisposable
{
    private const int Slots = 4096;
    private const int SlotSize = 16;
    private const int HeadSize = 64;

    /// <summary>Where the head has the inode; before that it names the boot.</summary>
    private const int InodeAt = 48;

    /// <summary>Files of earlier processes that are kept: one that was killed while it took up the work of another has not settled everything.</summary>
    private const int Kept = 8;
    private const string BootId = "/proc/sys/kernel/random/boot_id";
    private static readonly byte[] s_left = [1];

    private readonly ConcurrentQueue<int> _free = new(Enumerable.Range(0, Slots));
    private readonly List<byte[]> _earlier = [];
    private readonly SafeFileHandle? _file;

    public SubmitMarks(DataFolder data)
    {
        try
        {
            var boot = new byte[InodeAt];
            if (!File.Exists(BootId) || !Encoding.ASCII.TryGetBytes(File.ReadAllText(BootId).Trim(), boot, out _))
            {
                return;
            }

            var folder = Directory.CreateDirectory(Path.Combine(data.Path, "submits"));
            foreach (var (file, number) in folder.GetFiles().OrderByDescending(f => f.Name, StringComparer.Ordinal).Select((f, i) => (f, i)))
            {
                if (number < Kept && Read(file, boot) is { } marks)
                {
                    _earlier.Add(marks);
                }
                else
                {
                    file.Delete();
                }
            }

            // Written as a whole at once, so that a full disk shows here and not at a mark.
            var path = Path.Combine(folder.FullName, Guid.CreateVersion7().ToString("n"));
            _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, FileOptions.None, HeadSize + (Slots * SlotSize));
            RandomAccess.Write(_file, (byte[])[.. boot, .. new byte[HeadSize - InodeAt + (Slots * SlotSize)]], 0);
            var inode = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(inode, InodeOf(_file) ?? throw new IOException("The system does not report inodes."));
            RandomAccess.Write(_file, inode, InodeAt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then a submit that had not left is not distinguished from others.
            _file?.Dispose();
            _file = null;
        }
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>Takes a slot for a submit that has not left.</summary>
    /// <returns>Null where there is none.</returns>
    public SubmitMark? Take()
    {
        if (_file is null || !_free.TryDequeue(out var slot))
        {
            return null;
        }

        Span<byte> mark = stackalloc byte[SlotSize];
        mark.Clear();
        Ids.Fill(mark[..sizeof(ulong)]);
        try
        {
            RandomAccess.Write(_file, mark, HeadSize + (slot * SlotSize));
        }
        catch (IOException)
        {
            _free.Enqueue(slot);
            return null;
        }

        return new SubmitMark(this, slot, string.Create(CultureInfo.InvariantCulture, $"{slot}-{BinaryPrimitives.ReadUInt64LittleEndian(mark):x}"));
    }

    /// <summary>What is stored with an attempt. It belongs to that one alone: an earlier build keeps it as it is, and adds attempts that it does not mark.</summary>
    /// <param name="mark">The text of the slot.</param>
    /// <param name="attempt">Which attempt it is, from 1.</param>
    public static string Of(string mark, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{mark}-{attempt}");

    /// <summary>Whether a submit of an earlier process has certainly not left.</summary>
    /// <param name="mark">What was stored with an attempt; null for nothing.</param>
    /// <param name="attempts">How many attempts there were.</param>
    public bool HasNotLeft(string? mark, int attempts)
    {
        if (mark?.Split('-') is not [var number, var id, var attempt] || !int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out var marked) || marked != attempts || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var slot) || slot >= Slots
            || !ulong.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var given))
        {
            return false;
        }

        return _earlier.Any(file =>
        {
            var found = file.AsSpan(HeadSize + (slot * SlotSize), SlotSize);
            return BinaryPrimitives.ReadUInt64LittleEndian(found) == given && found[sizeof(ulong)] == 0;
        });
    }

    /// <summary>The file of an earlier process.</summary>
    /// <returns>Null where it proves nothing: a file of another boot, or a copy.</returns>
    private static byte[]? Read(FileInfo file, byte[] boot)
    {
        using var handle = File.OpenHandle(file.FullName);
        var marks = new byte[HeadSize + (Slots * SlotSize)];
        return RandomAccess.Read(handle, marks, 0) == marks.Length && marks.AsSpan().StartsWith(boot)
            && BinaryPrimitives.ReadUInt64LittleEndian(marks.AsSpan(InodeAt)) == InodeOf(handle) ? marks : null;
    }

    private static ulong? InodeOf(SafeFileHandle file)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{file.DangerousGetHandle()}")).FirstOrDefault(l => l.StartsWith("ino:", StringComparison.Ordinal));
        return line is not null && ulong.TryParse(line.AsSpan("ino:".Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var inode) ? inode : null;
    }

    /// <exception cref="IOException">It could not be marked, so that it must not leave.</exception>
    internal void Left(int slot) => RandomAccess.Write(_file!, s_left, HeadSize + (slot * SlotSize) + sizeof(ulong));

    internal void Return(int slot) => _free.Enqueue(slot);
}

/// <summary>The slot of one submit, until it is answered.</summary>
/// <param name="marks">Whose it is.</param>
/// <param name="slot">Which.</param>
/// <param name="text">What is stored with the attempt.</param>
internal sealed class SubmitMark(SubmitMarks marks, int slot, string text) : IDisposable
{
    /// <summary>What is stored with the attempt.</summary>
    public string Text => text;

    /// <summary>Its last bytes are about to leave.</summary>
    /// <exception cref="IOException">It could not be marked, so that it must not leave.</exception>
    public void Left() => marks.Left(slot);

    public void Dispose() => marks.Return(slot);
}
