using System.Text;
using System.Text.Encodings.Web;

namespace Framegate.Transforms.Secrets;

/// <summary>The forms in which a secret may be quoted: as it is, in two pieces, and as the usual encodings write it.</summary>
internal static class SecretShapes
{
    /// <summary>A longer one is looked for piece by piece, so that little of an answer needs to be held back.</summary>
    private const int LongestPiece = 64;
    private const int LongEnoughForCase = 16;

    /// <summary>A key has few characters that are escaped at all; of something else not every mixture is looked for.</summary>
    private const int MostSpecial = 4;

    private static readonly Func<char, string>[] s_escapes =
    [
        static c => Uri.EscapeDataString(c.ToString()), static c => LowerHexEscapes(Uri.EscapeDataString(c.ToString())),
        static c => FormattableString.Invariant($"&#{(int)c};"), static c => $"&#x{(int)c:X};", static c => $"&#x{(int)c:x};",
    ];

    private static readonly char[] Separators = [':', '.', '|', ',', ';', ' ', '\r', '\n', '\t'];

    /// <summary>All forms of a secret.</summary>
    /// <param name="secret">The secret.</param>
    public static IEnumerable<string> Of(string secret)
    {
        foreach (var part in (string[])[secret, .. secret.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)])
        {
            // A frame of a PEM file is no secret, and neither is what is a part of many keys.
            if (part.Length < SecretMask.ShortestSecret || part.StartsWith("-----", StringComparison.Ordinal) || (part.Length < secret.Length && IsWord(part)))
            {
                continue;
            }

            foreach (var piece in Pieces(part))
            {
                foreach (var shape in Encoded(piece).Where(s => s.Length >= SecretMask.ShortestSecret))
                {
                    yield return shape;
                }
            }
        }
    }

    /// <summary>A host name or a word that happens to stand in a secret made of several parts.</summary>
    private static bool IsWord(string part) => part.All(char.IsAsciiLetterLower) || part.All(char.IsAsciiLetterUpper);

    private static IEnumerable<string> Pieces(string part)
    {
        for (var at = 0; at < part.Length;)
        {
            var length = part.Length - at < LongestPiece + SecretMask.ShortestSecret ? part.Length - at : LongestPiece;
            yield return part.Substring(at, length);
            at += length;
        }
    }

    private static IEnumerable<string> Encoded(string piece)
    {
        yield return piece;
        yield return Uri.EscapeDataString(piece);
        yield return LowerHexEscapes(Uri.EscapeDataString(piece));
        yield return UrlEncoder.Default.Encode(piece);
        yield return HtmlEncoder.Default.Encode(piece);
        yield return JavaScriptEncoder.Default.Encode(piece);
        yield return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(piece);
        var bytes = Encoding.UTF8.GetBytes(piece);
        yield return Convert.ToHexString(bytes);
        yield return Convert.ToHexStringLower(bytes);

        // What escapes every letter.
        yield return string.Concat(bytes.Select(b => $"%{b:X2}"));
        yield return string.Concat(bytes.Select(b => $"%{b:x2}"));
        yield return string.Concat(piece.Select(c => FormattableString.Invariant($"&#{(int)c};")));
        yield return string.Concat(piece.Select(c => $"&#x{(int)c:X};"));
        yield return string.Concat(piece.Select(c => $"&#x{(int)c:x};"));
        foreach (var shape in PartlyEscaped(piece))
        {
            yield return shape;
        }

        for (var offset = 0; offset < 3; offset++)
        {
            var base64 = Base64Of(bytes, offset);
            yield return base64;
            yield return base64.Replace('+', '-').Replace('/', '_');
            yield return Uri.EscapeDataString(base64);
        }

        if (piece.Length < LongEnoughForCase)
        {
            yield break;
        }

        yield return piece.ToUpperInvariant();
        yield return piece.ToLowerInvariant();
        if (Guid.TryParse(piece, out var id))
        {
            yield return id.ToString("N");
            yield return id.ToString("N").ToUpperInvariant();
            yield return id.ToString("D");
        }
    }

    /// <summary>Encoders differ in what they escape: one leaves the slash as it is, another escapes the plus alone.</summary>
    private static IEnumerable<string> PartlyEscaped(string piece)
    {
        char[] special = [.. piece.Where(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.' or '~')).Distinct()];
        if (special.Length > MostSpecial)
        {
            yield break;
        }

        for (var chosen = 1; chosen < 1 << special.Length; chosen++)
        {
            foreach (var escape in s_escapes)
            {
                yield return string.Concat(piece.Select(c => Array.IndexOf(special, c) is >= 0 and var at && (chosen & (1 << at)) != 0 ? escape(c) : c.ToString()));
            }
        }
    }

    /// <summary>What base64 makes of the bytes, wherever in a text they stand: without the characters that their neighbours have a part in.</summary>
    private static string Base64Of(byte[] bytes, int offset)
    {
        var text = Convert.ToBase64String([.. new byte[offset], .. bytes]);
        var first = ((offset * 8) + 5) / 6;
        var end = (offset + bytes.Length) * 8 / 6;
        return end > first ? text[first..end] : "";
    }

    private static string LowerHexEscapes(string escaped)
    {
        var text = escaped.ToCharArray();
        for (var i = 0; i + 2 < text.Length; i++)
        {
            if (text[i] == '%')
            {
                (text[i + 1], text[i + 2]) = (char.ToLowerInvariant(text[i + 1]), char.ToLowerInvariant(text[i + 2]));
            }
        }

        return new string(text);
    }
}
