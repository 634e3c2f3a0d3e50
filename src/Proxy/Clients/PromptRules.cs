using System.Text;

namespace Framegate.Proxy.Clients;

/// <summary>What a client's prompts may not have.</summary>
internal static class PromptRules
{
    private const char FirstOfEastAsia = '\u2e80';

    /// <summary>Whether a prompt has one of the client's denied phrases, as whole words.</summary>
    /// <param name="settings">The client's settings.</param>
    /// <param name="prompt">The prompt; its case, its kind of blanks, and characters that nobody sees do not matter.</param>
    public static bool Denies(this ClientSettings settings, string prompt)
    {
        if (settings.DeniedPhrases is not { Count: > 0 } phrases)
        {
            return false;
        }

        var text = Plain(prompt);
        return phrases.Any(phrase => Has(text, Plain(phrase)));
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
