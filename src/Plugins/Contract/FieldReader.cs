using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Framegate.Plugins.Contract;

/// <summary>Reads the members of one JSON object. Null always means "not given, or wrong and reported".</summary>
/// <param name="json">The object; its names have been checked by <see cref="CheckNames"/>.</param>
/// <param name="path">Where it lies; <c>$</c> for the body.</param>
/// <param name="errors">Takes what is wrong.</param>
internal readonly struct FieldReader(JsonElement json, string path, FieldErrorList errors)
{
    private const int Quoted = 40;

    public FieldErrorList Errors => errors;

    public string PathOf(string name) => path == "$" ? name : $"{path}.{name}";

    /// <summary>The member, unless it is absent or JSON null.</summary>
    public bool TryGet(string name, out JsonElement value) => json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    public void Add(string name, string message, IReadOnlyList<string>? allowed = null) => errors.Add(PathOf(name), message, allowed);

    public bool TryGetObject(string name, out JsonElement value)
    {
        if (!TryGet(name, out value))
        {
            return false;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        Add(name, $"It must be an object, not {JsonText.KindOf(value)}.");
        return false;
    }

    /// <summary>A text of a length counted in Unicode characters, as JSON Schema counts.</summary>
    public string? Text(string name, int shortest, int longest, bool controls = false)
    {
        if (!TryGetText(name, out var text))
        {
            return null;
        }

        if (!JsonText.HasLength(text, shortest, longest))
        {
            Add(name, shortest == 0 ? $"It must have at most {longest} characters." : $"It must have {shortest} to {longest} characters.");
            return null;
        }

        if (!controls && Characters.HasControl(text))
        {
            Add(name, "It must not hold control characters.");
            return null;
        }

        return text;
    }

    /// <summary>A text that must be one of a list.</summary>
    public string? OneOf(string name, IReadOnlyList<string> allowed)
    {
        if (!TryGetText(name, out var text))
        {
            return null;
        }

        if (allowed.Contains(text))
        {
            return text;
        }

        Add(name, "It is none of the allowed values.", allowed);
        return null;
    }

    /// <summary>Any text at all.</summary>
    public bool TryGetText(string name, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!TryGet(name, out var value))
        {
            return false;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Add(name, $"It must be a string, not {JsonText.KindOf(value)}.");
            return false;
        }

        if (JsonText.TryRead(value, out text))
        {
            return true;
        }

        Add(name, JsonText.NotUnicode);
        return false;
    }

    /// <summary>A whole number, also when it is written as <c>1024.0</c> or <c>1e3</c>.</summary>
    public long? Whole(string name, long least, long most)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (JsonText.TryWhole(value, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Add(name, $"It must be a whole number from {least} to {most}, not {Quote(value)}.");
        return null;
    }

    public int? Int(string name, int least, int most) => (int?)Whole(name, least, most);

    public double? Number(string name, double least, double most, bool above = false)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            && (above ? number > least : number >= least) && number <= most)
        {
            return number;
        }

        var range = string.Create(CultureInfo.InvariantCulture, $"{(above ? "above " : "from ")}{least} to {most}");
        Add(name, $"It must be a number {range}, not {Quote(value)}.");
        return null;
    }

    public bool? Flag(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.ValueKind == JsonValueKind.True;
        }

        Add(name, $"It must be true or false, not {JsonText.KindOf(value)}.", ["true", "false"]);
        return null;
    }

    /// <summary>Whether every name in an object is Unicode text. A name that is not makes look-ups throw, so it is checked before any.</summary>
    public static bool CheckNames(JsonElement json, string path, FieldErrorList errors)
    {
        foreach (var property in json.EnumerateObject())
        {
            if (!JsonText.TryReadName(property, out _))
            {
                errors.Add(path, "A name in it is not valid Unicode.");
                return false;
            }
        }

        return true;
    }

    // A number is short and harmless to repeat; anything else may be a prompt, so only its kind is named.
    private static string Quote(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetRawText() is { Length: <= Quoted } raw ? raw : JsonText.KindOf(value);
}
