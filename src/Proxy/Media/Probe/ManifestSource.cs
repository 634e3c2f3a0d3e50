using System.Buffers.Binary;
using System.Text;

namespace Framegate.Proxy.Media.Probe;

/// <summary>Reads IPTC's digital source type out of a C2PA manifest store: an action of the newest manifest names it. Nothing of it is verified.</summary>
internal static class ManifestSource
{
    /// <summary>The most bytes of a store that are looked into. It leaves room for XMP.</summary>
    public const int Most = 96 * 1024;

    private const int BoxHead = 8;
    private const int Shortest = 3;
    private const int Longest = 64;

    /// <summary>Whether it is one: a JUMBF superbox of the kind C2PA, its description first.</summary>
    public static bool Is(ReadOnlySpan<byte> box) =>
        box.Length >= 20 && box.Slice(4, 4).SequenceEqual("jumb"u8) && box.Slice(12, 4).SequenceEqual("jumd"u8) && box.Slice(16, 4).SequenceEqual("c2pa"u8);

    /// <summary>The last part of the type's address, as in <c>trainedAlgorithmicMedia</c>.</summary>
    /// <param name="store">The beginning of a store.</param>
    /// <returns>Null when none is named in it.</returns>
    public static string? Of(ReadOnlySpan<byte> store) => Is(store) ? In(store[Newest(store)..]) ?? In(store) : null;

    /// <summary>Where the last manifest begins: it is the one that is in force.</summary>
    private static int Newest(ReadOnlySpan<byte> store)
    {
        var (newest, at) = (0, BoxHead);
        while (at + BoxHead <= store.Length && BinaryPrimitives.ReadUInt32BigEndian(store[at..]) is >= BoxHead and var size)
        {
            newest = at;
            if (size > store.Length - at)
            {
                break;
            }

            at += (int)size;
        }

        return newest;
    }

    private static string? In(ReadOnlySpan<byte> manifest)
    {
        var key = "digitalSourceType"u8;
        for (var at = 0; manifest[at..].IndexOf(key) is >= 0 and var found;)
        {
            at += found + key.Length;
            if (TypeOf(Text(manifest[at..])) is { } type)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>A text of CBOR.</summary>
    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> cbor) => cbor switch
    {
        [>= 0x60 and <= 0x77 and var length, .. var rest] when rest.Length >= length - 0x60 => rest[..(length - 0x60)],
        [0x78, var length, .. var rest] when rest.Length >= length => rest[..length],
        _ => default,
    };

    private static string? TypeOf(ReadOnlySpan<byte> address)
    {
        var type = address[(address.LastIndexOf((byte)'/') + 1)..];
        return address.IndexOf("digitalsourcetype/"u8) >= 0 && type.Length is >= Shortest and <= Longest && Ascii.IsValid(type) && type.ToArray().All(b => char.IsAsciiLetter((char)b))
            ? Encoding.ASCII.GetString(type)
            : null;
    }
}
