using System.Globalization;
using System.Text.Json;

namespace Framegate.Sandbox.FastApi;

/// <summary>The usual rules.</summary>
/// <remarks>Stricter than pydantic's lax mode in one point: a number or boolean in quotes is refused, so that a client's mistake shows.</remarks>
internal static class Fields
{
    public static Field Text(string name) => new(name, value => TextIssue(value));

    public static Field Flag(string name) => new(name, value =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : new("bool_type", "Input should be a valid boolean"));

    public static Field Integer(string name, long min = long.MinValue, long max = long.MaxValue, int multipleOf = 1) =>
        new(name, value => IntegerIssue(value, min, max, multipleOf));

    public static Field Number(string name, double min, double max) => new(name, value =>
        value.ValueKind != JsonValueKind.Number ? new("float_type", "Input should be a valid number")
        : RangeIssue(value.GetDouble(), min, max));

    public static Field OneOf(string name, params string[] values) => new(name, value =>
        TextIssue(value) is null && values.Contains(value.GetString(), StringComparer.Ordinal) ? null : new("enum", $"Input should be {Listed(values)}"));

    /// <summary>An absolute http(s) address of 1 to 2083 characters (pydantic's HttpUrl).</summary>
    public static Field Url(string name) => new(name, value =>
        TextIssue(value) ?? (value.GetString()!.Length is 0 or > 2083 || !IsWebAddress(value.GetString()!)
            ? new("url_parsing", "Input should be a valid URL")
            : null));

    public static bool IsWebAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp);

    public static Issue? TextIssue(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return new("string_type", "Input should be a valid string");
        }

        try
        {
            _ = value.GetString();
            return null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, written as an escape.
            return new("string_unicode", "Input should be a valid string, unable to parse raw data as a unicode string");
        }
    }

    public static Issue? IntegerIssue(JsonElement value, long min, long max, int multipleOf)
    {
        if (value.ValueKind != JsonValueKind.Number)
        {
            return new("int_type", "Input should be a valid integer");
        }

        if (!value.TryGetInt64(out var number))
        {
            var real = value.GetDouble();
            if (real != Math.Floor(real) || Math.Abs(real) > long.MaxValue / 2)
            {
                return new("int_from_float", "Input should be a valid integer, got a number with a fractional part");
            }

            number = (long)real;
        }

        return RangeIssue(number, min, max)
            ?? (number % multipleOf == 0 ? null : new("multiple_of", $"Input should be a multiple of {multipleOf}"));
    }

    private static Issue? RangeIssue(double number, double min, double max) =>
        number < min ? new("greater_than_equal", $"Input should be greater than or equal to {Plain(min)}")
        : number > max ? new("less_than_equal", $"Input should be less than or equal to {Plain(max)}")
        : null;

    private static string Plain(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Listed(string[] values) => values.Length == 1
        ? $"'{values[0]}'"
        : string.Join(", ", values[..^1].Select(v => $"'{v}'")) + $" or '{values[^1]}'";
}
