using System.Globalization;
using System.Text.Json;

namespace Framegate.Transforms.Providers;

/// <summary>Reads values that a provider may leave out, or send as something else, without ever throwing.</summary>
internal static class JsonReading
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>A body that may be anything.</summary>
    /// <returns>Undefined when it is not JSON.</returns>
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

    public static long? Whole(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var value) ? value : null;

    public static double? Number(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) && double.IsFinite(value) ? value : null;

    /// <summary>A whole number of an answer, also one written as text, as Google writes large ones.</summary>
    public static long? AnyWhole(this JsonElement element) =>
        element.Whole() ?? (long.TryParse(element.Text(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var written) ? written : null);

    /// <summary>A number of an answer, also one written as text.</summary>
    public static double? AnyNumber(this JsonElement element) =>
        element.Number()
        ?? (double.TryParse(element.Text(), Plain, CultureInfo.InvariantCulture, out var written) && double.IsFinite(written) ? written : null);

    /// <summary>An amount of money or credits in an answer, also one written as text; never negative.</summary>
    public static decimal? Amount(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number ? element.TryGetDecimal(out var value) && value >= 0 ? value : null
        : decimal.TryParse(element.Text(), Plain, CultureInfo.InvariantCulture, out var written) && written >= 0 ? written
        : null;

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

    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];
}
