using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Reads the rows on the pages of a database file, whatever has become of the trees that lead to them. Rows of indexes come along; the caller distinguishes them.</summary>
/// <param name="file">The file.</param>
/// <param name="pageSize">The size of its pages.</param>
internal sealed class PageRows(SafeFileHandle file, int pageSize)
{
    private const int TableLeaf = 0x0d;
    private const int IndexLeaf = 0x0a;
    private const int IndexInterior = 0x02;
    private const int LargestColumns = 64;
    private readonly int _pages = (int)(RandomAccess.GetLength(file) / pageSize);

    /// <summary>Every row that can be read, with its number where its table has one.</summary>
    public IEnumerable<(long? RowId, object?[] Values)> Read()
    {
        var free = Free();
        for (var page = 1; page <= _pages; page++)
        {
            if (free.Contains(page))
            {
                continue;
            }

            foreach (var row in OnPage(Page(page), page == 1 ? 100 : 0))
            {
                yield return row;
            }
        }
    }

    private static int Int32(byte[] page, int offset) => BinaryPrimitives.ReadInt32BigEndian(page.AsSpan(offset));

    private byte[] Page(int number)
    {
        if (number < 1 || number > _pages)
        {
            throw new ArgumentException("There is no such page.", nameof(number));
        }

        var page = new byte[pageSize];
        RandomAccess.Read(file, page, (number - 1L) * pageSize);
        return page;
    }

    /// <summary>The pages that hold nothing any more: what was deleted must not come back.</summary>
    private HashSet<int> Free()
    {
        var free = new HashSet<int>();
        for (var trunk = _pages == 0 ? 0 : Int32(Page(1), 32); trunk > 0 && trunk <= _pages && free.Add(trunk);)
        {
            var page = Page(trunk);
            var count = Math.Clamp(Int32(page, 4), 0, (pageSize / 4) - 2);
            for (var i = 0; i < count; i++)
            {
                free.Add(Int32(page, 8 + (4 * i)));
            }

            trunk = Int32(page, 0);
        }

        return free;
    }

    private IEnumerable<(long? RowId, object?[] Values)> OnPage(byte[] page, int header)
    {
        var kind = page[header];
        if (kind is not (TableLeaf or IndexLeaf or IndexInterior))
        {
            yield break;
        }

        var pointers = header + (kind == IndexInterior ? 12 : 8);
        var cells = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(header + 3)), (pageSize - pointers) / 2);
        for (var i = 0; i < cells; i++)
        {
            (long? RowId, object?[] Values)? row = null;
            try
            {
                row = Cell(page, BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(pointers + (2 * i))), kind);
            }
            catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                // It points out of the page, or of the file: there is no row here.
            }

            if (row is { } read)
            {
                yield return read;
            }
        }
    }

    private (long? RowId, object?[] Values)? Cell(byte[] page, int offset, int kind)
    {
        offset += kind == IndexInterior ? 4 : 0;
        var length = checked((int)Varint(page, ref offset));
        long? rowId = kind == TableLeaf ? Varint(page, ref offset) : null;
        return length <= 0 || length > (long)_pages * pageSize ? null : Record(Payload(page, offset, length, kind)) is { } values ? (rowId, values) : null;
    }

    /// <summary>The bytes of a row; what does not fit on its page lies on a chain of others.</summary>
    private byte[] Payload(byte[] page, int offset, int length, int kind)
    {
        var largest = kind == TableLeaf ? pageSize - 35 : ((pageSize - 12) * 64 / 255) - 23;
        var smallest = ((pageSize - 12) * 32 / 255) - 23;
        var local = length;
        if (length > largest)
        {
            local = smallest + ((length - smallest) % (pageSize - 4));
            local = local > largest ? smallest : local;
        }

        var payload = new byte[length];
        page.AsSpan(offset, local).CopyTo(payload);
        for (var (filled, next) = (local, local < length ? Int32(page, offset + local) : 0); filled < length;)
        {
            var overflow = Page(next);
            var part = Math.Min(length - filled, pageSize - 4);
            overflow.AsSpan(4, part).CopyTo(payload.AsSpan(filled));
            filled += part;
            next = Int32(overflow, 0);
        }

        return payload;
    }

    private static object?[]? Record(byte[] payload)
    {
        var at = 0;
        var body = checked((int)Varint(payload, ref at));
        var end = body;
        if (body <= 0 || body > payload.Length)
        {
            return null;
        }

        var values = new List<object?>();
        while (at < end)
        {
            if (values.Count == LargestColumns)
            {
                return null;
            }

            var type = Varint(payload, ref at);
            values.Add(Value(payload, type, ref body));
        }

        return [.. values];
    }

    private static object? Value(byte[] payload, long type, ref int at)
    {
        var length = type switch
        {
            0 or 8 or 9 => 0,
            >= 1 and <= 4 => (int)type,
            5 => 6,
            6 or 7 => 8,
            >= 12 => checked((int)((type - 12) / 2)),
            _ => throw new ArgumentException("There is no such type.", nameof(type)),
        };
        var bytes = payload.AsSpan(at, length);
        at += length;
        if (type >= 12)
        {
            return (type & 1) == 0 ? bytes.ToArray() : Encoding.UTF8.GetString(bytes);
        }

        if (type is 0)
        {
            return null;
        }

        if (type is 8 or 9)
        {
            return type - 8;
        }

        var number = (bytes[0] & 0x80) != 0 ? -1L : 0;
        foreach (var b in bytes)
        {
            number = (number << 8) | b;
        }

        // SQLite knows no NaN; it reads one as NULL.
        return type != 7 ? number : BitConverter.Int64BitsToDouble(number) is var real && double.IsNaN(real) ? null : (object)real;
    }

    private static long Varint(byte[] bytes, ref int offset)
    {
        long value = 0;
        for (var i = 0; i < 8; i++)
        {
            var b = bytes[offset++];
            value = (value << 7) | (b & 0x7fL);
            if ((b & 0x80) == 0)
            {
                return value;
            }
        }

        return (value << 8) | bytes[offset++];
    }
}
