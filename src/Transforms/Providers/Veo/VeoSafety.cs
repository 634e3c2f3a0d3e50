using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>Recognises a refusal by Google's content filter, which may stand in a result, in an operation's error or in an HTTP error.</summary>
internal static partial class VeoSafety
{
    private static readonly string[] s_signs =
    [
        "raiMediaFiltered", "usage guidelines", "Responsible AI", "filtered out", "could not be submitted", "sensitive words", "Support code",
        "issue with the audio for your prompt",
    ];

    /// <summary>Support codes (Vertex AI, responsible AI).</summary>
    private static readonly FrozenDictionary<string, string> s_categories = new Dictionary<string, string>
    {
        ["58061214"] = "child", ["17301594"] = "child",
        ["29310472"] = "celebrity", ["15236754"] = "celebrity",
        ["64151117"] = "video safety violation", ["42237218"] = "video safety violation",
        ["62263041"] = "dangerous",
        ["57734940"] = "hate", ["22137204"] = "hate",
        ["74803281"] = "other", ["29578790"] = "other", ["42876398"] = "other",
        ["39322892"] = "people or face",
        ["92201652"] = "personal information",
        ["89371032"] = "prohibited", ["49114662"] = "prohibited", ["63429089"] = "prohibited", ["72817394"] = "prohibited", ["60599140"] = "prohibited",
        ["35561574"] = "third-party content", ["35561575"] = "third-party content",
        ["90789179"] = "sexual", ["43188360"] = "sexual",
        ["78610348"] = "toxic",
        ["61493863"] = "violence", ["56562880"] = "violence",
        ["32635315"] = "vulgar",
    }.ToFrozenDictionary();

    /// <summary>Whether a text speaks of the filter.</summary>
    public static bool IsRefusal(string? text) =>
        text is not null && (s_signs.Any(sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase)) || CodeIn(text) is not null);

    /// <summary>The first known support code in a text; else any number that is called one; null when there is none.</summary>
    public static string? CodeIn(string? text)
    {
        if (text is null)
        {
            return null;
        }

        foreach (Match match in EightDigits().Matches(text))
        {
            if (s_categories.ContainsKey(match.Value))
            {
                return match.Value;
            }
        }

        return SupportCode().Match(text) is { Success: true } named ? named.Groups[1].Value : null;
    }

    /// <summary>What the filter objected to, by its code; null when unknown.</summary>
    public static string? CategoryOf(string? code) => code is null ? null : s_categories.GetValueOrDefault(code);

    [GeneratedRegex(@"\b\d{8}\b", RegexOptions.CultureInvariant)]
    private static partial Regex EightDigits();

    [GeneratedRegex(@"Support codes?:?\s*(\d{4,12})", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SupportCode();
}
