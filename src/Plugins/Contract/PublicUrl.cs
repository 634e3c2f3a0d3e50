using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Framegate.Plugins.Contract;

/// <summary>Decides whether a URL from a caller may be fetched: https, and a host that is public by its name.</summary>
/// <remarks>A public name may still resolve to a private address. Whoever connects checks the address again with <see cref="IsPublicAddress"/>.</remarks>
public static class PublicUrl
{
    /// <summary>The longest URL, characters.</summary>
    public const int MaxLength = 2048;

    private static readonly SearchValues<char> _hostName = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-.");

    private static readonly string[] _localSuffixes = [".local", ".localhost", ".internal", ".invalid", ".test", ".onion", ".home.arpa"];

    /// <summary>Reads an https URL of a public host.</summary>
    /// <param name="text">The URL as the caller wrote it.</param>
    /// <param name="url">The URL; null when it is refused.</param>
    /// <param name="refusal">Why it is refused, in a sentence that does not repeat the URL; null when it is not.</param>
    /// <returns>True when the URL may be fetched.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url, [NotNullWhen(false)] out string? refusal)
    {
        url = null;
        refusal = text.Length > MaxLength ? $"A URL must have at most {MaxLength} characters."
            : text.StartsWith("http:", StringComparison.OrdinalIgnoreCase) ? "http is refused; use an https URL."
            : !TryParseHttp(text, out url) ? "It is not an absolute https URL without user info."
            : WhyRefused(url);
        url = refusal is null ? url : null;
        return url is not null;
    }

    /// <summary>Why a URL may not be fetched; also for the targets of redirects.</summary>
    /// <param name="url">An absolute URL.</param>
    /// <returns>A sentence, or null when it may be fetched.</returns>
    public static string? WhyRefused(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttps)
        {
            return "Only https URLs are taken.";
        }

        if (url.UserInfo.Length > 0)
        {
            return "A URL must not hold user info.";
        }

        // Circled or full-width digits become an address in some clients and a name in others.
        if (!System.Text.Ascii.IsValid(url.Host))
        {
            return "The host must be written in ASCII, a foreign one as xn--....";
        }

        if (url.Port is not (443 or >= 1024))
        {
            return "The port must be 443 or at least 1024.";
        }

        return IsPublicHost(url) ? null : "The host must be a public one.";
    }

    /// <summary>Whether an address belongs to the public internet.</summary>
    /// <param name="address">An IPv4 or IPv6 address; an IPv4 address inside an IPv6 one is judged itself.</param>
    /// <returns>False for private, shared, loopback, link-local, multicast, documentation, benchmark, reserved and unspecified
    /// addresses (IANA special-purpose registries).</returns>
    public static bool IsPublicAddress(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> b = stackalloc byte[16];
        if (!address.TryWriteBytes(b, out var length))
        {
            return false;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return IsPublicV4(b[..length]);
        }

        if (address.IsIPv4MappedToIPv6 || b[..12].SequenceEqual((ReadOnlySpan<byte>)[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]))
        {
            return IsPublicV4(b[12..]); // mapped, or NAT64
        }

        return (b[0] & 0xe0) == 0x20                                      // 2000::/3, the only space given out
            && !(b[0] == 0x20 && b[1] == 0x01 && b[2] < 2)                // 2001::/23, Teredo among it
            && !(b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8)
            && !(b[0] == 0x20 && b[1] == 0x02)                            // 6to4 holds any IPv4 address
            && !(b[0] == 0x3f && b[1] == 0xff && b[2] < 0x10);            // 3fff::/20, documentation
    }

    /// <summary>An absolute http or https URL without user info and without the characters that parsers disagree about.</summary>
    /// <param name="text">The URL as the caller wrote it.</param>
    /// <param name="url">The URL; null when it is none.</param>
    /// <returns>True when it is one. Whether its host is public is not looked at.</returns>
    public static bool TryParseHttp(string text, [NotNullWhen(true)] out Uri? url)
    {
        url = null;
        return text.Length <= MaxLength
            && (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            && !text.AsSpan().ContainsAnyInRange('\0', ' ') && !text.AsSpan().ContainsAny('\\', '\u007f')
            && Uri.TryCreate(text, UriKind.Absolute, out url)
            && !HasUserInfo(url, text)
            && HostOf(url) is not null;
    }

    // "https://@host/" has user info that is empty.
    private static bool HasUserInfo(Uri url, string text)
    {
        var authority = text.AsSpan(text.IndexOf("://", StringComparison.Ordinal) + 3);
        var end = authority.IndexOfAny('/', '?', '#');
        return url.UserInfo.Length > 0 || (end < 0 ? authority : authority[..end]).Contains('@');
    }

    /// <summary>The host in lower-case ASCII; null when it has no such form.</summary>
    private static string? HostOf(Uri url)
    {
        try
        {
            return url.IdnHost.ToLowerInvariant();
        }
        catch (UriFormatException)
        {
            return null;
        }
    }

    private static bool IsPublicHost(Uri url)
    {
        if (url.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6)
        {
            return IPAddress.TryParse(url.IdnHost, out var address) && IsPublicAddress(address);
        }

        if (url.HostNameType != UriHostNameType.Dns || HostOf(url) is not { Length: <= 253 } host)
        {
            return false;
        }

        host = host.EndsWith('.') ? host[..^1] : host;
        var lastDot = host.LastIndexOf('.');

        // A last label that begins with a digit is no domain, but some resolvers read such a name as a number.
        return lastDot > 0
            && lastDot + 1 < host.Length
            && char.IsAsciiLetter(host[lastDot + 1])
            && !host.AsSpan().ContainsAnyExcept(_hostName)
            && !Array.Exists(_localSuffixes, suffix => host.EndsWith(suffix, StringComparison.Ordinal) || host == suffix[1..]);
    }

    private static bool IsPublicV4(ReadOnlySpan<byte> b) => (b[0], b[1]) switch
    {
        (0 or 10 or 127 or >= 224, _) => false,
        (100, >= 64 and < 128) => false,
        (169, 254) => false,
        (172, >= 16 and < 32) => false,
        (192, 168) => false,
        (192, 0) => b[2] is not (0 or 2),
        (192, 88) => b[2] != 99,
        (198, 18 or 19) => false,
        (198, 51) => b[2] != 100,
        (203, 0) => b[2] != 113,
        _ => true,
    };
}
