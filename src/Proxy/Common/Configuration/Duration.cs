using System.Text.RegularExpressions;

namespace Framegate.Proxy.Common.Configuration;

/// <summary>
/// The one way to write a duration: <c>[days.]hh:mm:ss[.fraction]</c>. The framework also reads a bare number as days, <c>24:00:00</c> as 24 days, and <c>00:30</c> as half an
/// hour; nobody who writes these means them.
/// </summary>
internal static partial class Duration
{
    /// <summary>Whether a text is one.</summary>
    public static bool IsOne(string text) => Shape().IsMatch(text) && TimeSpan.TryParse(text, out _);

    /// <summary>What would be right in the place of a text that is none.</summary>
    public static string Describe(string? text) => text switch
    {
        _ when text is null || !TimeSpan.TryParse(text, out _) => "It must be a duration like 00:00:30 or 7.00:00:00.",
        _ when !text.Contains(':', StringComparison.Ordinal) => "It must be a duration like 00:00:30 or 7.00:00:00; a bare number would be days.",
        _ when text.Count(c => c == ':') == 1 => "It must be a duration with hours, minutes and seconds, like 00:30:00.",
        _ => "It must be a duration like 00:00:30 or 7.00:00:00; after 23 hours comes a day: 1.00:00:00.",
    };

    [GeneratedRegex(@"^\s*-?(\d+\.)?([01]?\d|2[0-3]):[0-5]?\d:[0-5]?\d(\.\d{1,7})?\s*$")]
    private static partial Regex Shape();
}
