using System.Globalization;
using System.Text.Json;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Reads typed values from a body. The first thing that is wrong becomes the answer, since the dialect's error names one parameter.</summary>
internal sealed class OpenAiFields(OpenAiBody body)
{
    private const string MustBeString = "It must be a string.";

    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    public OpenAiError? Problem { get; private set; }

    /// <summary>Whether a name was given.</summary>
    public bool Has(string name) => Parts(name).Count > 0;

    /// <summary>The values of a name. A form knows no null: clients that have no value for a field send an empty one (go-openai does so with <c>size</c>).</summary>
    public IReadOnlyList<OpenAiPart> Parts(string name) => body.Of(name) is var parts && parts.Any(IsNothing) ? [.. parts.Where(static p => !IsNothing(p))] : parts;

    /// <summary>The body itself when it is JSON; null for a form.</summary>
    public JsonElement? Json => body.Json;

    /// <summary>The inputs that were taken out of the body.</summary>
    public HeldInputs Held => body.Held;

    /// <summary>Notes something wrong, unless something was wrong before.</summary>
    public void Refuse(OpenAiError problem) => Problem ??= problem;

    /// <summary>Notes something wrong, unless something was wrong before.</summary>
    public void Refuse(string param, string message, string code = OpenAiErrors.InvalidValue, params IReadOnlyList<string> allowed) =>
        Refuse(OpenAiErrors.Invalid(param, message, code, allowed));

    /// <summary>Refuses every name that is not on the list, as OpenAI does.</summary>
    public void CheckNames(Func<string, bool> isKnown)
    {
        foreach (var name in body.Names)
        {
            if (!isKnown(name))
            {
                Refuse(Shown(name), "It is no parameter of this call.", OpenAiErrors.UnknownParameter);
            }
        }
    }

    /// <summary>A text.</summary>
    public string? Text(string name, int longest)
    {
        if (Single(name) is not { } part)
        {
            return null;
        }

        var text = part.Text ?? TextOf(part.Json);
        if (text is null)
        {
            Refuse(
                name,
                part.Json.ValueKind == JsonValueKind.String ? "It holds half a surrogate pair, which is no Unicode text." : MustBeString,
                part.Json.ValueKind == JsonValueKind.String ? OpenAiErrors.InvalidValue : OpenAiErrors.InvalidType);
        }
        else if (text.Length > longest)
        {
            Refuse(name, string.Create(CultureInfo.InvariantCulture, $"It must have at most {longest} characters."));
        }

        return text;
    }

    /// <summary>A text that is one of a list.</summary>
    public string? OneOf(string name, params IReadOnlyList<string> allowed)
    {
        var text = Text(name, 64);
        if (text is not null && !allowed.Contains(text, StringComparer.Ordinal))
        {
            Refuse(name, $"'{Shown(text)}' is not supported.", allowed: allowed);
            return null;
        }

        return text;
    }

    /// <summary>A whole number.</summary>
    public int? Whole(string name, int least, int most)
    {
        if (Single(name) is not { } part)
        {
            return null;
        }

        var isNumber = part.Text is { } text
            ? TryWhole(text, out var number)
            : part.Json.ValueKind == JsonValueKind.Number & TryWhole(part.Json, out number);
        if (isNumber && number >= least && number <= most)
        {
            return number;
        }

        Refuse(
            name,
            string.Create(CultureInfo.InvariantCulture, $"It must be a whole number from {least} to {most}."),
            isNumber ? OpenAiErrors.InvalidValue : OpenAiErrors.InvalidType);
        return null;
    }

    /// <summary>A number.</summary>
    public double? Number(string name, double least, double most)
    {
        if (Single(name) is not { } part)
        {
            return null;
        }

        var number = 0.0;
        var isNumber = part.Text is { } text
            ? double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
            : part.Json.ValueKind == JsonValueKind.Number && part.Json.TryGetDouble(out number);
        if (isNumber && number >= least && number <= most)
        {
            return number;
        }

        Refuse(
            name, string.Create(CultureInfo.InvariantCulture, $"It must be a number from {least} to {most}."), isNumber ? OpenAiErrors.InvalidValue : OpenAiErrors.InvalidType);
        return null;
    }

    /// <summary>True or false.</summary>
    public bool? Flag(string name)
    {
        if (Single(name) is not { } part)
        {
            return null;
        }

        // Python's forms send True and False.
        bool? flag = part switch
        {
            { Text: "true" or "True" } or { Json.ValueKind: JsonValueKind.True } => true,
            { Text: "false" or "False" } or { Json.ValueKind: JsonValueKind.False } => false,
            _ => null,
        };
        if (flag is null)
        {
            Refuse(name, "It must be true or false.", OpenAiErrors.InvalidType);
        }

        return flag;
    }

    /// <summary>An object, of a form the one whose members stand in brackets.</summary>
    public System.Text.Json.Nodes.JsonObject? Object(string name)
    {
        var parts = Parts(name);
        if (parts is [{ Json.ValueKind: JsonValueKind.Object } whole])
        {
            return System.Text.Json.Nodes.JsonObject.Create(whole.Json.Clone());
        }

        if (parts.Count > 0 && parts.All(p => p is { Text: not null, Member: not null }))
        {
            var members = new System.Text.Json.Nodes.JsonObject();
            foreach (var part in parts)
            {
                members[part.Member!] = part.Text;
            }

            return members;
        }

        if (parts.Count > 0)
        {
            Refuse(name, "It must be an object.", OpenAiErrors.InvalidType);
        }

        return null;
    }

    /// <summary>A list; null where there is none.</summary>
    public JsonElement? List(string name)
    {
        if (Parts(name) is [{ Json: { ValueKind: JsonValueKind.Array } list }])
        {
            return list;
        }

        if (Has(name))
        {
            Refuse(name, "It must be a list.", OpenAiErrors.InvalidType);
        }

        return null;
    }

    /// <summary>Whether a field asks for nothing: false, 0, or nothing in it. PHP writes an empty object as a list.</summary>
    public bool IsEmpty(string name) => Parts(name) is [{ Json: var value }] && value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        JsonValueKind.String => value.ValueEquals(""),
        JsonValueKind.Number => value.TryGetDouble(out var number) && number == 0,
        _ => false,
    };

    /// <summary>Looks at a field that has no effect: a value of the wrong type is a mistake, and it is refused here as at OpenAI.</summary>
    public void CheckKind(string name, JsonValueKind kind) => _ = kind switch
    {
        JsonValueKind.String => Text(name, GenerationRequestReader.MaxPromptLength),
        JsonValueKind.Number => Whole(name, 0, int.MaxValue),
        JsonValueKind.Array => List(name),
        JsonValueKind.Object => Object(name),
        _ => (object?)Flag(name),
    };

    /// <summary>A number of seconds, which the dialect writes as a text; a number is taken too.</summary>
    public int? Seconds(string name, int longest)
    {
        if (Single(name) is not { } part)
        {
            return null;
        }

        var text = part.Text ?? TextOf(part.Json);
        if ((text is not null && TryWhole(text, out var seconds))
            || TryWhole(part.Json, out seconds))
        {
            if (seconds >= 1 && seconds <= longest)
            {
                return seconds;
            }
        }

        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"It must be whole seconds from 1 to {longest}, as a string."));
        return null;
    }

    /// <summary>A caller's text, short and harmless, for a message.</summary>
    public static string Shown(string text) => Proxy.Edge.Http.Problems.Shown(text);

    /// <summary>Why bytes are no UTF-8; null when they are.</summary>
    public static string? NotUtf8(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return null;
        }

        var done = 0;
        while (System.Text.Rune.DecodeFromUtf8(bytes[done..], out _, out var used) == System.Buffers.OperationStatus.Done)
        {
            done += used;
        }

        return string.Create(CultureInfo.InvariantCulture, $"It is not UTF-8; the byte 0x{bytes[done]:x2} at offset {done} cannot be decoded.");
    }

    /// <summary>The text of a JSON value; null when it is none, or not Unicode.</summary>
    public static string? TextOf(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool TryWhole(JsonElement json, out int number)
    {
        number = 0;
        return json.ValueKind == JsonValueKind.Number && TryWhole(json.GetRawText(), out number);
    }

    /// <summary>A number without a fraction is whole however it is written: 4, 4.0, 4e0.</summary>
    private static bool TryWhole(string text, out int number)
    {
        const NumberStyles Form = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        var isWhole = decimal.TryParse(text, Form, CultureInfo.InvariantCulture, out var value) && value == decimal.Truncate(value) && value is >= int.MinValue and <= int.MaxValue;
        number = isWhole ? (int)value : 0;
        return isWhole;
    }

    private static bool IsNothing(OpenAiPart part) => part.Text is { Length: 0 } || part.File is { IsNothing: true };

    private OpenAiPart? Single(string name)
    {
        var parts = Parts(name);
        if (parts.Count > 1 || parts is [{ File: not null } or { Member: not null }])
        {
            Refuse(name, "It must be there once, and no file.", OpenAiErrors.InvalidType);
            return null;
        }

        return parts.Count == 0 ? null : parts[0];
    }
}
