using System.Text;

namespace Framegate.Proxy.Media;

/// <summary>A file inside an address: <c>data:image/png;base64,...</c> (RFC 2397).</summary>
internal static class DataUri
{
    /// <summary>Whether an address is one.</summary>
    public static bool Is(string url) => url.StartsWith("data:", StringComparison.OrdinalIgnoreCase);

    /// <summary>The address with other bytes in it.</summary>
    public static string Of(string url, byte[] bytes) => string.Concat(url.AsSpan(0, url.IndexOf(',', StringComparison.Ordinal) + 1), Convert.ToBase64String(bytes));

    /// <summary>The bytes.</summary>
    /// <exception cref="FormatException">It is none, or its bytes cannot be read.</exception>
    public static byte[] BytesOf(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
        {
            throw new FormatException("the data URI has no data");
        }

        var data = url.AsSpan(comma + 1);
        if (!url.AsSpan(0, comma).TrimEnd().EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            return Encoding.Latin1.GetBytes(Uri.UnescapeDataString(data.ToString()));
        }

        // Copied without a second thought: percent signs, the alphabet of URLs, no padding.
        if (data.ContainsAny("%-_"))
        {
            data = Uri.UnescapeDataString(data.ToString()).Replace('-', '+').Replace('_', '/');
        }

        return data.Length % 4 == 0 || data.ContainsAny(" \r\n")
            ? Convert.FromBase64String(data.ToString())
            : Convert.FromBase64String(data.ToString() + new string('=', 4 - (data.Length % 4)));
    }
}
