using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Framegate.Proxy.Common;

/// <summary>
/// Ids that sort by their time and cannot be guessed: UUIDs of version 7. Their random bytes are taken from the system in portions, since each request needs several ids and each
/// visit to the system costs as much as the rest of an id ten times over.
/// </summary>
internal static class Ids
{
    private const int Portion = 1024;

    [ThreadStatic]
    private static byte[]? _portion;

    [ThreadStatic]
    private static int _used;

    /// <summary>A new id.</summary>
    /// <param name="prefix">What it begins with.</param>
    /// <param name="now">The time.</param>
    /// <returns>The prefix and 32 hexadecimal digits.</returns>
    public static string New(string prefix, DateTimeOffset now)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, now.ToUnixTimeMilliseconds() << 16);
        Fill(id[6..]);
        id[6] = (byte)(0x70 | (id[6] & 0x0f));
        id[8] = (byte)(0x80 | (id[8] & 0x3f));
        return string.Concat(prefix, Convert.ToHexStringLower(id));
    }

    /// <summary>Fills a few bytes with what nobody can guess.</summary>
    public static void Fill(Span<byte> bytes)
    {
        var portion = _portion;
        if (portion is null || portion.Length - _used < bytes.Length)
        {
            RandomNumberGenerator.Fill(portion = _portion ??= new byte[Portion]);
            _used = 0;
        }

        // Nothing is given out twice, and nothing that was given out stays.
        var taken = portion.AsSpan(_used, bytes.Length);
        taken.CopyTo(bytes);
        taken.Clear();
        _used += bytes.Length;
    }
}
