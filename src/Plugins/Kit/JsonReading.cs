using System.Globalization;
using System.Text.Json;

namespace Framegate.Plugins.Kit;

/// <summary>Reads values that a provider may leave out, or send as something else, without ever throwing.</summary>
public static class JsonReading
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>A body that may be anything.</summary>
    /// <param name="json">UTF-8.</param>
    /// <returns>Its root; undefined when it is not JSON.</returns>
    public static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>A text.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>Null when it is none.</returns>
    public static string? Text(this JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair: valid JSON, but not text.
            return null;
        }
    }

    /// <summary>The name of a member.</summary>
    /// <param name="property">The member.</param>
    /// <returns>Null when the name is not text.</returns>
    public static string? Name(this JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A whole number.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>Null when it is none.</returns>
    public static long? Whole(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) ? value : null;

    /// <summary>A finite number.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>Null when it is none.</returns>
    public static double? Number(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;

    /// <summary>A whole number of an answer, also one written as text, as Google writes large ones.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>Null when it is none.</returns>
    public static long? AnyWhole(this JsonElement element) =>
        element.Whole() ?? (long.TryParse(element.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var written) ? written : null);

    /// <summary>A number of an answer, also one written as text.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>Null when it is none.</returns>
    public static double? AnyNumber(this JsonElement element) =>
        element.Number()
        ?? (double.TryParse(element.Text(), Plain, CultureInfo.InvariantCulture, out var written) && double.IsFinite(written) ? written : null);

    /// <summary>An amount of money or credits in an answer, also one written as text; never negative.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>Null when it is none.</returns>
    public static decimal? Amount(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number ? element.TryGetDecimal(out var value) && value >= 0 ? value : null
        : decimal.TryParse(element.Text(), Plain, CultureInfo.InvariantCulture, out var written) && written >= 0 ? written
        : null;

    /// <summary>A member of an object.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Undefined when there is none, or no object.</returns>
    public static JsonElement Member(this JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }

    /// <summary>An id, also one that is written as a whole number.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>Null when it is none, or empty.</returns>
    public static string? IdText(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number ? DigitsOf(element) ?? element.Whole()?.ToString(CultureInfo.InvariantCulture) : element.Text() is { Length: > 0 } text ? text : null;

    /// <summary>A number as it is written, since an id may have more digits than any type of number holds.</summary>
    private static string? DigitsOf(JsonElement number) => number.GetRawText() is var text && text.All(char.IsAsciiDigit) ? text : null;

    /// <summary>The items of an array, or the one value that a provider sends in its place.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>None for nothing and for null.</returns>
    public static IEnumerable<JsonElement> OneOrMore(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray(),
        JsonValueKind.Undefined or JsonValueKind.Null => [],
        _ => [element],
    };

    /// <summary>The address of an output: a text, or an object that has it as <c>url</c> or <c>uri</c>.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>Null when there is none.</returns>
    public static string? Address(this JsonElement element) =>
        (element.Text() ?? element.Member("url").Text() ?? element.Member("uri").Text()) is { Length: > 0 } text ? text : null;

    /// <summary>The object of a list that holds nothing else, as some put around an answer.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>The value itself when it is no such list.</returns>
    public static JsonElement Alone(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == 1 && element[0].ValueKind == JsonValueKind.Object ? element[0] : element;

    /// <summary>The items of an array.</summary>
    /// <param name="element">Any value, undefined included.</param>
    /// <returns>None when it is no array.</returns>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];
}
