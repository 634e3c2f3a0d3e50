using System.Text.Json;
using System.Text.RegularExpressions;
using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <summary>What the reader of JSON reports about a provider file, in the words of the file: no names of types, and what is allowed instead.</summary>
internal static partial class ReadingFault
{
    /// <summary>What is wrong, and what would be right.</summary>
    public static string Of(JsonException e)
    {
        var message = e.Message.Split(" Path:")[0];
        if (UnknownMember().Match(message) is { Success: true } unknown)
        {
            return $"There is no '{unknown.Groups[1].Value}' here; there are {string.Join(", ", MembersOf(unknown.Groups[2].Value))}.";
        }

        if (MissingMembers().Match(message) is { Success: true } missing)
        {
            return $"Must have {missing.Groups[1].Value.Replace("'", "", StringComparison.Ordinal).TrimEnd('.', ';')}.";
        }

        if (Duplicate().Match(message) is { Success: true } twice)
        {
            return $"'{twice.Groups[1].Value}' stands twice.";
        }

        return Nulls().IsMatch(message) ? "Must not be null; what has no value is left out."
            : WrongKind().Match(message) is { Success: true } wrong ? MustBe(wrong.Groups[1].Value, e.Path)
            : message;
    }

    /// <summary>Whether a member stands twice.</summary>
    public static bool IsOfTwo(JsonException e) => Duplicate().IsMatch(e.Message);

    private static string MustBe(string type, string? path) => type switch
    {
        _ when type.Contains("DateOnly", StringComparison.Ordinal) => "Must be a date like 2026-11-30.",
        _ when type.Contains("IReadOnlyList`1[System.String]", StringComparison.Ordinal) => "Must be a list of texts.",
        _ when type.Contains("IReadOnlyList`1[System.Int32]", StringComparison.Ordinal) => "Must be a list of whole numbers.",
        _ when type.Contains("IReadOnlyList`1[System.Double]", StringComparison.Ordinal) => "Must be a list of numbers.",
        _ when type.Contains("IReadOnlyList`1", StringComparison.Ordinal) => "Must be a list of objects.",
        _ when type.Contains("Dictionary", StringComparison.Ordinal) => "Must be an object.",
        _ when type.Contains("Int32", StringComparison.Ordinal) => "Must be a whole number.",
        _ when type.Contains("Double", StringComparison.Ordinal) || type.Contains("Decimal", StringComparison.Ordinal) => "Must be a number.",
        _ when type.Contains("Boolean", StringComparison.Ordinal) => "Must be true or false.",
        _ when type.Contains("String", StringComparison.Ordinal) => "Must be text.",

        // The reader names the whole file for a member of another kind than it has.
        _ when type.EndsWith(nameof(ProviderFile), StringComparison.Ordinal) && path is not (null or "$") => "Is of another kind than it must be.",
        _ => "Must be an object.",
    };

    private static IEnumerable<string> MembersOf(string type) =>
        typeof(ProviderFile).Assembly.GetType(type) is { } known && ProviderFileJson.Default.GetTypeInfo(known) is { } info ? info.Properties.Select(p => p.Name) : [];

    [GeneratedRegex("^The JSON property '(.*)' could not be mapped to any \\.NET member contained in type '([^']*)'", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex UnknownMember();

    [GeneratedRegex("was missing required properties including: (.*)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex MissingMembers();

    [GeneratedRegex("doesn't allow (setting )?null values|does not allow (setting )?null", RegexOptions.CultureInvariant)]
    private static partial Regex Nulls();

    [GeneratedRegex("^Duplicate property '(.*?)' encountered", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Duplicate();

    [GeneratedRegex("could not be converted to (.*?)\\.?$", RegexOptions.CultureInvariant)]
    private static partial Regex WrongKind();
}
