using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Framegate.Proxy.Clients;

/// <summary>The SHA-256 of a key. Keys are compared and looked up by it: whoever times the comparison learns about the digest, not about the key.</summary>
internal readonly record struct KeyDigest
{
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

    /// <summary>Nothing of the digest either: a log must not hold what a guess can be checked against.</summary>
    public override string ToString() => "***";
}
