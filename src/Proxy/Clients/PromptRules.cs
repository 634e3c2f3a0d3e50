using System.Text;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Clients;

/// <summary>What prompts may not have, by client and by alias.</summary>
internal static class PromptRules
{
    private const char FirstOfEastAsia = '\u2e80';

    /// <summary>How many phrases a list may have.</summary>
    public const int MostPhrases = 1_000;

    /// <summary>The longest phrase, characters.</summary>
    public const int LongestPhrase = 200;

    /// <summary>The highest cap of a prompt's length, characters.</summary>
    public const int LongestPrompt = 1_000_000;

    /// <summary>Whether a prompt has one of the denied phrases, as whole words.</summary>
    /// <param name="phrases">The phrases; null for none.</param>
    /// <param name="prompt">The prompt, normalised; its case, its kind of blanks, and characters that nobody sees do not matter.</param>
    public static bool Denies(IReadOnlyList<string>? phrases, string prompt)
    {
        if (phrases is not { Count: > 0 })
        {
            return false;
        }

        var text = Plain(prompt);
        return phrases.Any(phrase => Has(text, Plain(PromptText.Normal(phrase))));
    }

    /// <summary>Everything that is wrong with rules: the setting, and why.</summary>
    public static IEnumerable<(string Setting, string Reason)> Check(IReadOnlyList<string>? denied, int? longest)
    {
        if (longest is < 1 or > LongestPrompt)
        {
            yield return ("MaxPromptLength", FormattableString.Invariant($"It must be 1 to {LongestPrompt}."));
        }

        if (denied is not null && (denied.Count > MostPhrases || denied.Any(p => string.IsNullOrWhiteSpace(p) || p.Length > LongestPhrase)))
        {
            yield return ("DeniedPhrases", $"They must be at most {MostPhrases}, of 1 to {LongestPhrase} characters each.");
        }
    }

    private static bool Has(string text, string phrase)
    {
        if (phrase.Length == 0)
        {
            return false;
        }

        for (var at = 0; (at = text.IndexOf(phrase, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            if ((at == 0 || !IsOfWord(text[at - 1]) || !IsOfWord(phrase[0]))
                && (at + phrase.Length == text.Length || !IsOfWord(text[at + phrase.Length]) || !IsOfWord(phrase[^1])))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether words that have it are written apart; those of Chinese, Japanese and Korean are not.</summary>
    private static bool IsOfWord(char c) => char.IsLetterOrDigit(c) && c < FirstOfEastAsia;

    /// <summary>The text without what nobody sees: controls, zero-width characters, soft hyphens; and each run of blanks as one.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                if (plain.Length > 0 && plain[^1] != ' ')
                {
                    plain.Append(' ');
                }
            }
            else if (char.GetUnicodeCategory(c) is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format))
            {
                plain.Append(c);
            }
        }

        return plain.ToString().Trim();
    }
}
