using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>Reads the members of one JSON object. Null always means "not given, or wrong and reported".</summary>
/// <param name="json">The object.</param>
/// <param name="names">Its names, as <see cref="NamesOf"/> gives them: most members are absent, and are not looked for in the JSON.</param>
/// <param name="path">Where it lies; <c>$</c> for the body.</param>
/// <param name="errors">Takes what is wrong.</param>
internal readonly struct FieldReader(JsonElement json, string[] names, string path, FieldErrorList errors)
{
    private const int Quoted = 40;

    public FieldErrorList Errors => errors;

    public string PathOf(string name) => path == "$" ? name : $"{path}.{name}";

    /// <summary>The member, unless it is absent or JSON null.</summary>
    public bool TryGet(string name, out JsonElement value)
    {
        if (Array.IndexOf(names, name) >= 0)
        {
            return json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
        }

        value = default;
        return false;
    }

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
    public string? Text(string name, int shortest, int longest) => Text(name, shortest, longest, controls: false);

    /// <summary>What is written for a model to read, in its normal form.</summary>
    public string? Prose(string name, int shortest, int longest) => Text(name, shortest, longest, controls: true) is { } text ? PromptText.Normal(text) : null;

    private string? Text(string name, int shortest, int longest, bool controls)
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

    /// <summary>The names in an object. One that is not Unicode text makes look-ups throw, so they are read before any.</summary>
    /// <returns>Null when one is not; it is reported then.</returns>
    public static string[]? NamesOf(JsonElement json, string path, FieldErrorList errors)
    {
        var names = new string[json.GetPropertyCount()];
        var count = 0;
        foreach (var property in json.EnumerateObject())
        {
            if (!JsonText.TryReadName(property, out names[count++]))
            {
                errors.Add(path, "A name in it is not valid Unicode.");
                return null;
            }
        }

        return names;
    }

    // A number is short and harmless to repeat; anything else may be a prompt, so only its kind is named.
    private static string Quote(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetRawText() is { Length: <= Quoted } raw ? raw : JsonText.KindOf(value);
}
