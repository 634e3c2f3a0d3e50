using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace Framegate.Proxy.Tests.Media;

/// <summary>Files of each kind with pieces of metadata in them.</summary>
internal static class MarkedMedia
{
    public static byte[] File(string name) => System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", name));

    /// <summary>A JUMBF superbox of the kind C2PA, with something in it.</summary>
    public static byte[] Manifest(int size = 200)
    {
        byte[] description = [.. BigEndian(8 + 16 + 1 + 5), .. "jumd"u8, .. "c2pa"u8, 0x00, 0x11, 0x00, 0x10, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71, 3, .. "c2pa\0"u8];
        var content = new byte[size];
        Random.Shared.NextBytes(content);
        return [.. BigEndian(8 + description.Length + content.Length), .. "jumb"u8, .. description, .. content];
    }

    /// <summary>A store of manifests, each with one action that names a digital source type; null for one without.</summary>
    public static byte[] Store(params string?[] sources)
    {
        byte[] Box(string name, params byte[][] parts) => [.. BigEndian(8 + parts.Sum(p => p.Length)), .. Encoding.ASCII.GetBytes(name), .. parts.SelectMany(p => p)];
        byte[] Text(string text) => text.Length < 24 ? [(byte)(0x60 + text.Length), .. Encoding.ASCII.GetBytes(text)] : [0x78, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
        byte[] Action(string? source) => source is null ? [0xa1, .. Text("action"), .. Text("c2pa.created")] : [0xa2, .. Text("action"), .. Text("c2pa.created"), .. Text("digitalSourceType"), .. Text(source)];
        return Box("jumb", Box("jumd", "c2pa"u8.ToArray(), Convert.FromHexString("00110010800000AA00389B7103"), "c2pa\0"u8.ToArray()),
            [.. sources.SelectMany(s => Box("jumb", Box("jumd", "c2ma"u8.ToArray(), new byte[13]), Box("cbor", [0xa1, .. Text("actions"), 0x81, .. Action(s)], new byte[300])))]);
    }

    /// <summary>The same in two pieces, as a store that is larger than one segment has to lie.</summary>
    public static byte[][] StoreSegments(byte[] store) =>
    [
        Segment(0xeb, [.. "JP"u8, 0, 1, 0, 0, 0, 1], store[..120]), Segment(0xeb, [.. "JP"u8, 0, 1, 0, 0, 0, 2, .. store[..8]], store[120..]),
    ];

    public static byte[] Xmp(string property) => Encoding.UTF8.GetBytes(
        $"""<?xpacket begin="" id="W5M0"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description {(property[0] == '<' ? $">{property}" : $"{property}>")}</rdf:Description></rdf:RDF></x:xmpmeta>""");

    public static byte[] Jpeg(params byte[][] segments) => [.. File("still.jpg")[..2], .. segments.SelectMany(s => s), .. File("still.jpg")[2..]];

    public static byte[] Segment(byte marker, byte[] head, byte[] body) => [0xff, marker, .. BigEndian(2 + head.Length + body.Length)[2..], .. head, .. body];

    public static byte[] ManifestSegment() => Segment(0xeb, [.. "JP"u8, 0, 1, 0, 0, 0, 1], Manifest());

    public static byte[] XmpSegment(string property) => Segment(0xe1, [.. "http://ns.adobe.com/xap/1.0/\0"u8], Xmp(property));

    public static byte[] ExifSegment(byte[] tiff) => Segment(0xe1, [.. "Exif\0\0"u8], tiff);

    /// <summary>After the header, as the rule wants it.</summary>
    public static byte[] Png(params byte[][] chunks) => [.. File("still.png")[..33], .. chunks.SelectMany(c => c), .. File("still.png")[33..]];

    public static byte[] Chunk(string name, byte[] body)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. body];
        return [.. BigEndian(body.Length), .. named, .. BigEndian((int)Crc32.HashToUInt32(named))];
    }

    public static byte[] XmpChunk(string property, bool packed = false)
    {
        var text = Xmp(property);
        if (packed)
        {
            using var stream = new MemoryStream();
            using (var zlib = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            {
                zlib.Write(text);
            }

            text = stream.ToArray();
        }

        return Chunk("iTXt", [.. "XML:com.adobe.xmp\0"u8, packed ? (byte)1 : (byte)0, 0, 0, 0, .. text]);
    }

    public static byte[] Webp(params (string Name, byte[] Body)[] chunks)
    {
        byte[] all = [.. File("lossless.webp")[12..], .. chunks.SelectMany(c => (byte[])[.. Encoding.ASCII.GetBytes(c.Name), .. LittleEndian(c.Body.Length), .. c.Body, .. new byte[c.Body.Length & 1]])];
        return [.. "RIFF"u8, .. LittleEndian(4 + all.Length), .. "WEBP"u8, .. all];
    }

    public static byte[] Mp4(params (string Id, byte[] Body)[] boxes)
    {
        var clip = File("clip.mp4");
        var head = BinaryPrimitives.ReadInt32BigEndian(clip);
        return [.. clip[..head], .. boxes.SelectMany(b => (byte[])[.. BigEndian(24 + b.Body.Length), .. "uuid"u8, .. Convert.FromHexString(b.Id), .. b.Body]), .. clip[head..]];
    }

    /// <summary>A HEIC file of a phone, of its metadata alone: EXIF and XMP as items, each at its place in the file.</summary>
    public static byte[] Heic(byte[] tiff, string property)
    {
        byte[] Box(string name, params byte[][] parts) => [.. BigEndian(8 + parts.Sum(p => p.Length)), .. Encoding.ASCII.GetBytes(name), .. parts.SelectMany(p => p)];
        byte[] Short(int v) => [(byte)(v >> 8), (byte)v];
        byte[] Entry(int id, string kind) => Box("infe", [2, 0, 0, 0], Short(id), Short(0), Encoding.ASCII.GetBytes(kind));
        byte[] exif = [.. BigEndian(6), .. "Exif\0\0"u8, .. tiff];
        var xmp = Xmp(property);
        byte[] Meta(int at) => Box(
            "meta", new byte[4], Box("hdlr", new byte[24]), Box("iinf", new byte[4], Short(2), Entry(1, "Exif\0"), Entry(2, "mime\0application/rdf+xml\0")),
            Box("iloc", [1, 0, 0, 0, 0x44, 0x00], Short(2), Short(1), Short(0), Short(0), Short(1), BigEndian(at), BigEndian(exif.Length), Short(2), Short(0), Short(0), Short(1), BigEndian(at + exif.Length), BigEndian(xmp.Length)));
        var head = Box("ftyp", "heic\0\0\0\0mif1heic"u8.ToArray());
        return [.. head, .. Meta(head.Length + Meta(0).Length + 8), .. Box("mdat", exif, xmp)];
    }

    /// <summary>A HEIC file whose EXIF is said to lie in its own box of data, at an offset there, as often as is said.</summary>
    public static byte[] HeicInBox(long offset, int length, int times)
    {
        byte[] Box(string name, params byte[][] parts) => [.. BigEndian(8 + parts.Sum(p => p.Length)), .. Encoding.ASCII.GetBytes(name), .. parts.SelectMany(p => p)];
        byte[] place = [0, 1, 0, 1, 0, 0, 0, 1, .. BigEndian((int)(offset >> 32)), .. BigEndian((int)offset), .. BigEndian(length)];
        return
        [
            .. Box("ftyp", "heic\0\0\0\0mif1heic"u8.ToArray()),
            .. Box(
                "meta", new byte[4], Box("iinf", new byte[4], [0, 1], Box("infe", [2, 0, 0, 0, 0, 1, 0, 0], "Exif\0"u8.ToArray())),
                Box("iloc", [1, 0, 0, 0, 0x84, 0x00, (byte)(times >> 8), (byte)times], [.. Enumerable.Repeat(place, times).SelectMany(p => p)]), Box("idat", new byte[4096])),
        ];
    }

    /// <summary>An EXIF block with orientation 6, a GPS directory of latitude, longitude and a name of the place, and a date.</summary>
    public static byte[] Tiff(bool little)
    {
        byte[] Short(int v) => little ? [(byte)v, (byte)(v >> 8)] : [(byte)(v >> 8), (byte)v];
        byte[] Long(int v) => little ? LittleEndian(v) : BigEndian(v);
        byte[] Entry(int tag, int type, int count, byte[] value) => [.. Short(tag), .. Short(type), .. Long(count), .. value];
        var rationals = Enumerable.Range(1, 6).SelectMany(i => Long(40 + i)).ToArray();
        const int Gps = 8 + 2 + (3 * 12) + 4 + 20;
        const int Values = Gps + 2 + (3 * 12) + 4;
        return
        [
            .. little ? "II*\0"u8 : "MM\0*"u8, .. Long(8),
            .. Short(3), .. Entry(0x0112, 3, 1, [.. Short(6), 0, 0]), .. Entry(0x8825, 4, 1, Long(Gps)), .. Entry(0x9003, 2, 20, Long(8 + 2 + (3 * 12) + 4)), .. Long(0),
            .. "2026:11:29 10:00:00\0"u8,
            .. Short(3), .. Entry(1, 2, 2, [(byte)'N', 0, 0, 0]), .. Entry(2, 5, 3, Long(Values)), .. Entry(0x1b, 2, 24, Long(Values + 24)), .. Long(0),
            .. rationals, .. "The house of the parents"u8,
        ];
    }

    private static byte[] BigEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] LittleEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
