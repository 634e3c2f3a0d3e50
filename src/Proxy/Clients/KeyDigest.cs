using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Framegate.Proxy.Clients;

/// <summary>The SHA-256 of a key. Keys are compared and looked up by it: whoever times the comparison learns about the digest, not about the key.</summary>
internal readonly record struct KeyDigest
{
    private const string Prefix = "sha256:";
    private const int LongestOnStack = 256;
    private readonly UInt128 _first;
    private readonly UInt128 _second;

    private KeyDigest(ReadOnlySpan<byte> hash)
    {
        _first = MemoryMarshal.Read<UInt128>(hash);
        _second = MemoryMarshal.Read<UInt128>(hash[16..]);
    }

    /// <summary>The digest of a key as it is presented.</summary>
    public static KeyDigest Of(string key)
    {
        var most = Encoding.UTF8.GetMaxByteCount(key.Length);
        var bytes = most <= LongestOnStack ? stackalloc byte[LongestOnStack] : new byte[most];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)], hash);
        return new KeyDigest(hash);
    }

    /// <summary>Reads a digest as it stands in a configuration: <c>sha256:</c> and 64 hexadecimal digits; the prefix may be left out.</summary>
    public static bool TryParse(string text, out KeyDigest digest)
    {
        digest = default;
        var digits = text.AsSpan().Trim();
        digits = digits.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? digits[Prefix.Length..] : digits;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (digits.Length != 2 * hash.Length || Convert.FromHexString(digits, hash, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        digest = new KeyDigest(hash);
        return true;
    }

    /// <summary>The digest as a configuration or the store keeps it. A key has 256 random bits, so that nobody finds it by its digest.</summary>
    public string ToText()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        MemoryMarshal.Write(hash, _first);
        MemoryMarshal.Write(hash[16..], _second);
        return Prefix + Convert.ToHexStringLower(hash);
    }

    /// <summary>What names a key in lists: the first eight digits of its digest.</summary>
    public static string IdOf(string text) => text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? text[Prefix.Length..][..8] : text[..8];

    /// <summary>Nothing of the digest either: a log must not hold what a guess can be checked against.</summary>
    public override string ToString() => "***";
}
