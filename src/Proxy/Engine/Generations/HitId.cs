using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>
/// The id of a generation that the cache answered and nobody wrote down: <c>hit_</c> and 32 hex digits, which hold when it was, the number of
/// the row that its result is read back from, and chance.
/// </summary>
internal static class HitId
{
    /// <summary>How long an id is, characters.</summary>
    public const int Length = 36;

    private const string Prefix = "hit_";
    private const int Bytes = 16;
    private const long LargestOrigin = (1L << 40) - 1;

    /// <summary>A new id.</summary>
    public static string New(DateTimeOffset now, long origin) => string.Create(Length, (now, origin), static (chars, s) =>
    {
        Span<byte> utf8 = stackalloc byte[Length];
        Write(utf8, s.now, s.origin);
        System.Text.Encoding.ASCII.GetChars(utf8, chars);
    });

    /// <summary>Writes a new id.</summary>
    public static void Write(Span<byte> utf8, DateTimeOffset now, long origin)
    {
        Span<byte> raw = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(raw, now.ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteInt64BigEndian(raw[6..], (origin & LargestOrigin) << 24);
        RandomNumberGenerator.Fill(raw[11..]);
        "hit_"u8.CopyTo(utf8);
        _ = Convert.TryToHexStringLower(raw, utf8[Prefix.Length..], out _);
    }

    /// <summary>What an id says.</summary>
    /// <returns>Null when it is none of these.</returns>
    public static (DateTimeOffset At, long Origin)? Read(string id)
    {
        if (id.Length != Length || !id.StartsWith(Prefix, StringComparison.Ordinal)
            || !UInt128.TryParse(id.AsSpan(Prefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var raw))
        {
            return null;
        }

        var ms = (long)(raw >> 80);
        return ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? (DateTimeOffset.FromUnixTimeMilliseconds(ms), (long)((raw >> 40) & (UInt128)LargestOrigin))
            : null;
    }
}
