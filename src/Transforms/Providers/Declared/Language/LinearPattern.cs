using System.Text.RegularExpressions;

namespace Framegate.Transforms.Providers.Declared.Language;

/// <summary>
/// A regular expression of a provider file. It takes linear time, whatever the pattern and the text. Such an automaton costs up to a megabyte and a
/// millisecond, and most are never asked: it is built when it is.
/// </summary>
internal sealed class LinearPattern
{
    private const RegexOptions Common = RegexOptions.CultureInvariant;
    private readonly Lazy<Regex> _regex;

    private LinearPattern(string text, RegexOptions options) => _regex = new Lazy<Regex>(() => new Regex(text, options | RegexOptions.NonBacktracking));

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern.</param>
    /// <param name="ignoreCase">Whether upper and lower case are the same.</param>
    /// <param name="fault">What is wrong with it; null for nothing.</param>
    /// <returns>Null for one that cannot be used: a wrong one, or one with a look-around, a back reference or another construct that takes more than linear time.</returns>
    public static LinearPattern? Parse(string text, bool ignoreCase, out string? fault)
    {
        var options = Common | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        var pattern = new LinearPattern(text, options);
        try
        {
            // What is no regular expression is found by reading it; what is none of linear time, only by building it.
            _ = MayBeMoreThanLinear(text) ? pattern._regex.Value : new Regex(text, options);
            fault = null;
            return pattern;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            fault = e.Message;
            return null;
        }
    }

    /// <summary>Whether a text has a match.</summary>
    public bool IsMatch(string text) => _regex.Value.IsMatch(text);

    /// <summary>The first match.</summary>
    public Match Match(string text) => _regex.Value.Match(text);

    private static bool MayBeMoreThanLinear(string text)
    {
        for (var i = 0; i + 1 < text.Length; i++)
        {
            if ((text[i] == '(' && text[i + 1] == '?' && text.ElementAtOrDefault(i + 2) != ':') || (text[i] == '\\' && (char.IsAsciiDigit(text[i + 1]) || text[i + 1] is 'k' or 'G')))
            {
                return true;
            }
        }

        return false;
    }
}
