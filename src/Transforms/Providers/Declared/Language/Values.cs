using System.Globalization;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Declared.Language;

/// <summary>The values that templates, conditions and prices work with: text, <see cref="long"/>, <see cref="double"/>, <see cref="bool"/>, media inputs, lists of them, JSON, or null for nothing.</summary>
internal static class Values
{
    /// <summary>A value as text.</summary>
    /// <returns>Null for nothing, for media, and for objects and lists.</returns>
    public static string? Text(object? value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        long or double or decimal or int => Convert.ToString(value, CultureInfo.InvariantCulture),
        JsonElement json => Text(json),
        _ => null,
    };

    /// <summary>A JSON scalar as text.</summary>
    /// <returns>Null for nothing, objects and lists.</returns>
    public static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.Text(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    /// <summary>A value as a number, also one that is written as text, with a unit behind it or without: <c>"5s"</c> is 5.</summary>
    /// <returns>Null when it is none.</returns>
    public static double? Number(object? value) => value switch
    {
        long whole => whole,
        int whole => whole,
        double number => number,
        decimal amount => (double)amount,
        JsonElement { ValueKind: JsonValueKind.Number } json => json.Number(),
        _ when Text(value) is { Length: > 0 } text =>
            double.TryParse(text.AsSpan().TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) ? number : null,
        _ => null,
    };

    /// <summary>Whether a value is there and holds anything: not null, not an empty text, not an empty list.</summary>
    public static bool IsGiven(object? value) => value switch
    {
        null => false,
        string text => text.Length > 0,
        JsonElement json => json.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null) && !(json.ValueKind == JsonValueKind.String && json.ValueEquals("")),
        System.Collections.ICollection list => list.Count > 0,
        _ => true,
    };

    /// <summary>A JSON value as the scalar it holds.</summary>
    public static object? Of(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        JsonValueKind.String => json.Text(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when json.Whole() is { } whole => whole,
        JsonValueKind.Number => json.Number(),
        _ => json,
    };

    /// <summary>The address or the bytes of a media input, as one text that a provider can fetch or decode.</summary>
    public static string Uri(MediaInput input) => input.ToUri();
}
