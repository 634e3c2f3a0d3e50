using System.Globalization;
using System.Text.Json;

namespace Framegate.Sandbox.Sora;

/// <summary>Checks that several calls share; each gives null when all is well.</summary>
internal static class SoraChecks
{
    private const int LongestPrompt = 32_000;

    public static SoraFault? OnlyKnown(SoraBody body, params ReadOnlySpan<string> known)
    {
        foreach (var field in body.Fields.EnumerateObject())
        {
            if (!known.Contains(field.Name))
            {
                return SoraFault.Unknown(field.Name);
            }
        }

        foreach (var file in body.Files.Keys)
        {
            if (!known.Contains(file))
            {
                return SoraFault.Unknown(file);
            }
        }

        return null;
    }

    public static SoraFault? Prompt(SoraBody body)
    {
        if (!body.Has("prompt"))
        {
            return SoraFault.Missing("prompt");
        }

        if (IsText(body, "prompt") is { } fault)
        {
            return fault;
        }

        var length = body.Text("prompt")!.Length;
        return length == 0
            ? SoraFault.Invalid("Invalid 'prompt': empty string. Expected a string with minimum length 1, but got an empty string instead.",
                "prompt", "empty_string")
            : length > LongestPrompt
            ? SoraFault.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"Invalid 'prompt': string too long. Expected a string with maximum length {LongestPrompt}, but got a string with length {length} instead."),
                "prompt", "string_above_max_length")
            : null;
    }

    public static SoraFault? Model(SoraBody body) =>
        IsText(body, "model") ?? (body.Text("model") is { } model && !SoraModels.Names.Contains(model) ? SoraFault.NoModel(model) : null);

    /// <summary>A number is refused: the live service insists on a string.</summary>
    public static SoraFault? Seconds(SoraBody body)
    {
        if (!body.Has("seconds"))
        {
            return null;
        }

        return body.Text("seconds") is not { } seconds
            ? SoraFault.WrongType("seconds", $"one of {SoraFault.Listed(SoraModels.Seconds, "or")}", Named(body.Fields.GetProperty("seconds")))
            : SoraModels.Seconds.Contains(seconds) ? null : SoraFault.WrongValue("seconds", seconds, SoraModels.Seconds);
    }

    public static SoraFault? Size(SoraBody body, string model) =>
        IsText(body, "size")
        ?? (body.Text("size") is { } size && !SoraModels.SizesOf(model).Contains(size) ? SoraFault.WrongValue("size", size, SoraModels.SizesOf(model)) : null);

    public static SoraFault? IsText(SoraBody body, string name) =>
        body.Files.ContainsKey(name) ? SoraFault.WrongType(name, "a string", "a file")
        : body.Has(name) && body.Text(name) is null ? SoraFault.WrongType(name, "a string", Named(body.Fields.GetProperty(name)))
        : null;

    /// <summary>The kind of a JSON value in OpenAI's words.</summary>
    public static string Named(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetInt64(out _) ? "an integer" : "a decimal number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        _ => "null",
    };
}
