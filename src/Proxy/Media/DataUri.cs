using System.Globalization;
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
            return Unescaped(data);
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

    /// <summary>Octets, each as itself or as a percent sign and two digits. They are no text: <c>%89</c> alone is no UTF-8.</summary>
    private static byte[] Unescaped(ReadOnlySpan<char> data)
    {
        var bytes = new List<byte>(data.Length);
        for (var i = 0; i < data.Length; i++)
        {
            if (data[i] == '%' && i + 2 < data.Length && byte.TryParse(data.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                bytes.Add(octet);
                i += 2;
            }
            else if (char.IsAscii(data[i]))
            {
                bytes.Add((byte)data[i]);
            }
            else
            {
                // A letter that was not escaped, as in a drawing with words in it.
                var length = char.IsHighSurrogate(data[i]) && i + 1 < data.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(data.Slice(i, length).ToArray()));
                i += length - 1;
            }
        }

        return [.. bytes];
    }
}
