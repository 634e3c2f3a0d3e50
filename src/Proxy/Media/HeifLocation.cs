using System.Buffers.Binary;
using System.Text;

namespace Framegate.Proxy.Media;

/// <summary>Where EXIF and XMP lie in HEIC and AVIF (ISO 23008-12): items of the file's <c>meta</c> box.</summary>
internal static class HeifLocation
{
    /// <summary>A piece of metadata.</summary>
    /// <param name="Offset">Where it begins in the file.</param>
    /// <param name="Length">How many bytes it has.</param>
    /// <param name="IsExif">EXIF: four bytes state how far from their end the TIFF begins. Else XMP.</param>
    public readonly record struct Item(long Offset, int Length, bool IsExif);

    private const int MostItems = 4096;
    private const int MostBoxes = 64;

    /// <summary>A camera writes one of each kind; each is read as a whole.</summary>
    private const int MostPlaces = 8;

    /// <summary>Whether a file is one of these.</summary>
    /// <param name="head">Its first twelve bytes.</param>
    public static bool Is(ReadOnlySpan<byte> head) =>
        head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8) && Encoding.Latin1.GetString(head[8..12]) is "heic" or "heix" or "heim" or "heis" or "hevc" or "mif1" or "msf1" or "avif" or "avis";

    /// <summary>Finds them.</summary>
    /// <param name="read">Reads a piece of the file; empty unless all of it is there.</param>
    /// <param name="largest">The largest box or item that is looked into, bytes.</param>
    public static IReadOnlyList<Item> Find(Func<long, int, byte[]> read, int largest)
    {
        long offset = 0;
        for (var i = 0; i < MostBoxes && read(offset, 16) is { Length: 16 } head; i++)
        {
            var size = (long)BinaryPrimitives.ReadUInt32BigEndian(head);
            size = size == 1 ? (long)Math.Min(BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(8)), long.MaxValue / 2) : size;
            if (head.AsSpan(4, 4).SequenceEqual("meta"u8))
            {
                return size is > 12 && size <= largest && read(offset, (int)size) is { Length: > 12 } meta ? Of(meta, offset, largest) : [];
            }

            if (size < 8)
            {
                break;
            }

            offset += size;
        }

        return [];
    }

    private static List<Item> Of(byte[] meta, long start, int largest)
    {
        var kinds = new Dictionary<uint, bool>();
        (int Start, int Length) places = default;
        long? data = null;
        foreach (var (type, at, length) in Boxes(meta, 12, meta.Length))
        {
            switch (type)
            {
                case "iinf" when length >= 6:
                    foreach (var (_, entry, size) in Boxes(meta, at + (meta[at] == 0 ? 6 : 8), at + length).Where(b => b.Type == "infe").Take(MostItems))
                    {
                        AddKind(kinds, meta.AsSpan(entry, size));
                    }

                    break;
                case "iloc":
                    places = (at, length);
                    break;
                case "idat":
                    data = start + at;
                    break;
                default:
                    break;
            }
        }

        return kinds.Count == 0 || places.Length < 8 ? [] : Located(meta.AsSpan(places.Start, places.Length), kinds, data, largest);
    }

    private static void AddKind(Dictionary<uint, bool> kinds, ReadOnlySpan<byte> entry)
    {
        // version, flags, id, protection, type, name, content type
        if (entry.Length < 12 || entry[0] is not (2 or 3))
        {
            return;
        }

        var id = entry[0] == 2 ? BinaryPrimitives.ReadUInt16BigEndian(entry[4..]) : BinaryPrimitives.ReadUInt32BigEndian(entry[4..]);
        var rest = entry[(entry[0] == 2 ? 8 : 10)..];
        if (rest.StartsWith("Exif"u8))
        {
            kinds[id] = true;
        }
        else if (rest.StartsWith("mime"u8) && rest.IndexOf("application/rdf+xml"u8) >= 0)
        {
            kinds[id] = false;
        }
    }

    private static List<Item> Located(ReadOnlySpan<byte> places, Dictionary<uint, bool> kinds, long? data, int largest)
    {
        var found = new List<Item>();
        var version = places[0];
        var (offsetSize, lengthSize, baseSize, indexSize) = (places[4] >> 4, places[4] & 15, places[5] >> 4, version > 0 ? places[5] & 15 : 0);
        var at = 6;
        var count = Number(places, ref at, version < 2 ? 2 : 4);
        for (var i = 0; i < Math.Min(count, MostItems) && at < places.Length; i++)
        {
            var id = (uint)Number(places, ref at, version < 2 ? 2 : 4);
            var method = version > 0 ? Number(places, ref at, 2) & 15 : 0;
            at += 2;
            var origin = Number(places, ref at, baseSize);
            var extents = Number(places, ref at, 2);
            for (var e = 0; e < Math.Min(extents, MostItems) && at < places.Length; e++)
            {
                at += indexSize;
                var offset = origin + Number(places, ref at, offsetSize);
                var length = Number(places, ref at, lengthSize);

                // One in several pieces is none that a camera writes.
                if (extents != 1 || !kinds.TryGetValue(id, out var isExif) || offset < 0 || length <= 0 || length > largest || at > places.Length || !(method == 0 || (method == 1 && data is not null)))
                {
                    continue;
                }

                var item = new Item(method == 0 ? offset : data!.Value + offset, (int)length, isExif);
                if (found.Count < MostPlaces && !found.Exists(f => f.Offset == item.Offset))
                {
                    found.Add(item);
                }
            }
        }

        return found;
    }

    /// <summary>A number of 0 to 8 bytes; 0 when it is not all there.</summary>
    private static long Number(ReadOnlySpan<byte> bytes, ref int at, int size)
    {
        long value = 0;
        for (var i = 0; i < size && at < bytes.Length; i++)
        {
            value = (value << 8) | bytes[at++];
        }

        return value;
    }

    private static IEnumerable<(string Type, int At, int Length)> Boxes(byte[] bytes, int from, int until)
    {
        while (from + 8 <= until)
        {
            var size = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(from));
            if (size < 8 || size > until - from)
            {
                yield break;
            }

            yield return (Encoding.Latin1.GetString(bytes, from + 4, 4), from + 8, (int)size - 8);
            from += (int)size;
        }
    }
}
