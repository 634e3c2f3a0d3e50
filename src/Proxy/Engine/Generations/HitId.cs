using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>
/// The id of a generation that the cache answered and nobody wrote down: <c>hit_</c> and 56 hex digits, which hold when it was, chance, and the id of
/// the generation that its result is read back from. Only an id of our own making can be held.
/// </summary>
internal static class HitId
{
    /// <summary>How long an id is, characters.</summary>
    public const int Length = 60;

    private const string Prefix = "hit_";
    private const string OriginPrefix = "gen_";
    private const int OriginDigits = 32;
    private const int TimeDigits = 12;
    private const int OriginAt = Length - OriginDigits;
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    /// <summary>Whether a hit's id can lead back to a generation.</summary>
    public static bool CanHold(string origin) => origin.Length == OriginPrefix.Length + OriginDigits && origin.StartsWith(OriginPrefix, StringComparison.Ordinal)
        && origin.AsSpan(OriginPrefix.Length).IndexOfAnyExcept(s_hex) < 0;

    /// <summary>A new id.</summary>
    public static string New(DateTimeOffset now, string origin) => string.Create(Length, (now, origin), static (chars, s) =>
    {
        Span<byte> utf8 = stackalloc byte[Length];
        Write(utf8, s.now, s.origin);
        Encoding.ASCII.GetChars(utf8, chars);
    });

    /// <summary>Writes a new id.</summary>
    public static void Write(Span<byte> utf8, DateTimeOffset now, string origin)
    {
        Span<byte> raw = stackalloc byte[(Length - Prefix.Length - OriginDigits) / 2];
        RandomNumberGenerator.Fill(raw);
        BinaryPrimitives.WriteInt64BigEndian(raw, (now.ToUnixTimeMilliseconds() << 16) | BinaryPrimitives.ReadUInt16BigEndian(raw[6..]));
        "hit_"u8.CopyTo(utf8);
        _ = Convert.TryToHexStringLower(raw, utf8[Prefix.Length..], out _);
        Encoding.ASCII.GetBytes(origin.AsSpan(OriginPrefix.Length), utf8[OriginAt..]);
    }

    /// <summary>What an id holds.</summary>
    /// <returns>Null when it is none of these.</returns>
    public static (DateTimeOffset At, string Origin)? Read(string id) =>
        id.Length == Length && id.StartsWith(Prefix, StringComparison.Ordinal) && id.AsSpan(Prefix.Length).IndexOfAnyExcept(s_hex) < 0
            && long.Parse(id.AsSpan(Prefix.Length, TimeDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) is var ms
            && ms <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? (DateTimeOffset.FromUnixTimeMilliseconds(ms), string.Concat(OriginPrefix, id.AsSpan(OriginAt)))
            : null;
}
