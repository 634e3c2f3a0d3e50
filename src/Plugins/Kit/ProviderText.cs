using System.Text;
using System.Text.RegularExpressions;

namespace Framegate.Plugins.Kit;

/// <summary>Makes a provider's own words fit to be shown: short, printable, and without anything that looks like a key or a file.</summary>
public static partial class ProviderText
{
    /// <summary>The longest text that is shown, characters.</summary>
    public const int MaxLength = 300;
    private const int MaxCodeLength = 64;
    private const int MaxRead = 4000;

    /// <summary>A sentence.</summary>
    /// <param name="text">The provider's own words.</param>
    /// <returns>Null when nothing readable is left.</returns>
    public static string? Clean(string? text) => Clean(text, MaxLength);

    /// <summary>A native code or status word.</summary>
    /// <param name="text">The provider's own word.</param>
    /// <returns>Null when nothing readable is left.</returns>
    public static string? Code(string? text) => Clean(text, MaxCodeLength);

    /// <summary>A provider's own name of a field of the request, as in <c>size</c> or <c>image[0]</c>.</summary>
    /// <param name="text">The provider's own word.</param>
    /// <returns>Null when it is no name.</returns>
    public static string? Field(string? text) => text is not null && FieldName().IsMatch(text) ? text : null;

    /// <summary>One sentence for an HTTP answer.</summary>
    /// <param name="provider">The provider's name, for people.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="detail">The provider's own words; null when it gave none.</param>
    /// <returns>The sentence.</returns>
    public static string Answered(string provider, int status, string? detail) =>
        Clean($"{provider} answered {status}: {detail}") is { } sentence && !string.IsNullOrWhiteSpace(detail)
            ? sentence
            : $"{provider} answered {status}.";

    private static string? Clean(string? text, int length)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        var printable = new StringBuilder(Math.Min(text.Length, MaxRead));
        foreach (var rune in text.EnumerateRunes())
        {
            if (printable.Length >= MaxRead)
            {
                break;
            }

            if (rune != Rune.ReplacementChar && !Rune.IsControl(rune))
            {
                printable.Append(rune);
            }
        }

        var clean = LooksSecret().Replace(printable.ToString(), "***").Trim();
        return clean.Length == 0 ? null : Cut(clean, length);
    }

    private static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = length - 3;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "...");
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.\[\]]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FieldName();

    // Keys with the prefixes in use, whatever follows "Bearer", and runs too long to be words (base64).
    [GeneratedRegex(@"\b(?:sk|bfl|key)[-_][A-Za-z0-9_*.\-]{6,}|\bBearer\s+\S+|[A-Za-z0-9+/=_\-]{64,}", RegexOptions.IgnoreCase)]
    private static partial Regex LooksSecret();
}
