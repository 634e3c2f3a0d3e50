using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>Reads JSON values without exceptions getting out: the parser lets invalid UTF-8 and lone surrogates through until a value is used.</summary>
internal static class JsonText
{
    public const string NotUnicode = "It is not valid Unicode text.";

    public static bool TryRead(JsonElement value, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = value.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }

    public static bool TryReadName(JsonProperty property, out string name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }

    /// <summary>Whether every text in a value, names included, is Unicode, so that it can be written again.</summary>
    public static bool IsUnicode(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        if (!Utf8.IsValid(raw))
        {
            return false;
        }

        // Valid bytes can hold half a surrogate pair only as an escape.
        return raw.IndexOf(@"\u"u8) < 0 || HasWholeEscapes(raw);
    }

    public static bool TryWhole(JsonElement value, out long number)
    {
        number = 0;
        if (value.ValueKind != JsonValueKind.Number)
        {
            return false;
        }

        if (value.TryGetInt64(out number))
        {
            return true;
        }

        if (!value.TryGetDecimal(out var exact) || exact != decimal.Truncate(exact) || exact is < long.MinValue or > long.MaxValue)
        {
            return false;
        }

        number = (long)exact;
        return true;
    }

    public static bool HasLength(string text, int shortest, int longest)
    {
        var length = text.Length;
        if (length > longest)
        {
            foreach (var character in text)
            {
                length -= char.IsLowSurrogate(character) ? 1 : 0;
            }
        }

        return length >= shortest && length <= longest;
    }

    public static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    private static bool HasWholeEscapes(ReadOnlySpan<byte> raw)
    {
        var reader = new Utf8JsonReader(raw);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
