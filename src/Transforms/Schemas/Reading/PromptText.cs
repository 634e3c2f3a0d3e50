using System.Buffers;
using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>
/// The one form of a prompt that everything behind the edge sees: composed (NFC), with LF as the line break, and without what nobody sees. What is invisible and carries meaning
/// stays: joiners within emoji and within scripts whose letters join, variation selectors, flags.
/// </summary>
public static class PromptText
{
    private const char ZeroWidthNonJoiner = '\u200c';
    private const char ZeroWidthJoiner = '\u200d';
    // A sign of mathematics, and half of "no" as a head that shakes.
    private const int LeftRightArrow = 0x2194;
    private const int BlackFlag = 0x1F3F4;
    private const int LongestFlag = 7;

    /// <summary>Normalises a prompt.</summary>
    /// <param name="text">The text. Half a surrogate pair becomes U+FFFD.</param>
    /// <returns>The same instance when it is normal already. Never throws.</returns>
    public static string Normal(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 || !text.AsSpan().ContainsAnyExcept(Plain.Characters))
        {
            return text;
        }

        var visible = Visible(text);
        var normal = visible.All(IsComposed) ? visible : ENSNormalize.NF.NFC(visible);
        return normal == text ? text : normal;
    }

    private static string Visible(string text)
    {
        var runes = text.EnumerateRunes().ToArray();
        var kept = new StringBuilder(text.Length);
        var before = default(Rune);
        var (tags, isVaried) = (0, false);
        for (var i = 0; i < runes.Length; i++)
        {
            var (rune, next) = (runes[i], i + 1 < runes.Length ? runes[i + 1] : default);
            if (rune.Value == '\r')
            {
                if (next.Value == '\n')
                {
                    continue;
                }

                rune = new Rune('\n');
            }
            else if (rune.Value is 0x0B or 0x0C or 0x85 or 0x2028 or 0x2029)
            {
                // Breaks of lines and pages: words on their two sides are not one.
                rune = new Rune('\n');
            }

            var isTag = rune.Value is >= 0xE0020 and <= 0xE007F && (before.Value == BlackFlag || tags > 0) && tags < LongestFlag;
            if (isTag || (IsKept(before, rune, next) && !(isVaried && IsSelector(rune))))
            {
                kept.Append(rune.ToString());
                isVaried = IsMark(rune) && (isVaried || IsSelector(rune));
                (before, tags) = (IsMark(rune) ? before : rune, isTag ? tags + 1 : 0);
            }
        }

        return kept.ToString();
    }

    /// <param name="before">The last kept one that is no mark: composing puts marks in another order.</param>
    /// <param name="rune">Which one.</param>
    /// <param name="next">What follows.</param>
    private static bool IsKept(Rune before, Rune rune, Rune next) => rune.Value switch
    {
        '\n' or '\t' => true,
        ZeroWidthNonJoiner => IsOfJoiningScript(before),
        ZeroWidthJoiner => IsOfJoiningScript(before) || (IsOfEmoji(before) && IsOfEmoji(next)),
        _ when IsSelector(rune) => rune.Value is >= 0x180B and <= 0x180F ? before.Value is >= 0x1820 and <= 0x18AA : HasVariants(before),

        // Fillers of old Hangul; between anything else they are blanks that nobody sees.
        0x115F or 0x1160 => IsOfHangul(before) || IsOfHangul(next),
        0x034F or 0x17B4 or 0x17B5 or 0x3164 or 0xFFA0 or 0x2065 or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF) => false,

        // Format characters that are seen: signs of numbers and verses, and those that place hieroglyphs.
        (>= 0x0600 and <= 0x0605) or 0x06DD or 0x070F or 0x0890 or 0x0891 or 0x08E2 or 0x110BD or 0x110CD or (>= 0x13430 and <= 0x1343F) => true,
        _ => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format),
    };

    /// <summary>Arabic and its neighbours, the scripts of India and South-East Asia, Mongolian, Adlam.</summary>
    private static bool IsOfJoiningScript(Rune rune) =>
        rune.Value is (>= 0x0600 and <= 0x109F) or (>= 0x1780 and <= 0x1CFF) or (>= 0xA800 and <= 0xABFF) or (>= 0xFB50 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC)
            or (>= 0x10A00 and <= 0x11FFF) or (>= 0x1E900 and <= 0x1E95F)
        && Rune.IsLetter(rune);

    private static bool IsOfEmoji(Rune rune) =>
        rune.Value is LeftRightArrow or 0x21AE || (rune.Value > 0xFF && Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.ModifierSymbol);

    private static bool IsOfHangul(Rune rune) => rune.Value is (>= 0x1100 and <= 0x11FF) or (>= 0xAC00 and <= 0xD7A3);

    /// <summary>Whether it chooses a form of what stands before it; the last ones are Mongolian.</summary>
    private static bool IsSelector(Rune rune) => rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or (>= 0x180B and <= 0x180D) or 0x180F;

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static bool HasVariants(Rune rune) =>
        Rune.IsSymbol(rune) || Rune.IsPunctuation(rune) || Rune.IsDigit(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherLetter;

    /// <summary>Whether a character neither composes with a neighbour nor moves. A text of such characters, which most are, needs no tables.</summary>
    private static bool IsComposed(char c) =>
        c is < '\u0300' or (>= '\u0400' and <= '\u0482') or (>= '\u048a' and <= '\u052f') or (>= '\u0621' and <= '\u064a') or (>= '\u2010' and <= '\u2027')
            or ZeroWidthNonJoiner or ZeroWidthJoiner or (>= '\u2600' and <= '\u27bf') or (>= '\u3000' and <= '\u3029') or (>= '\u3041' and <= '\u3096')
            or (>= '\u30a0' and <= '\u30ff') or (>= '\u4e00' and <= '\u9fff') or (>= '\uac00' and <= '\ud7a3') or (>= '\ud83c' and <= '\ud83e')
            or (>= '\udc00' and <= '\udfff') or (>= '\ufe00' and <= '\ufe0f') or (>= '\uff00' and <= '\uffef');

    /// <summary>What is kept wherever it stands, and composes with nothing. Most texts hold nothing else.</summary>
    private static class Plain
    {
        public static readonly SearchValues<char> Characters = SearchValues.Create(
            [.. Enumerable.Range(0, char.MaxValue).Select(c => (char)c).Where(c => IsComposed(c) && Rune.TryCreate(c, out var rune) && IsKept(default, rune, default))]);
    }
}
