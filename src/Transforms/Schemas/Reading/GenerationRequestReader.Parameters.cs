using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <content>The <c>parameters</c>.</content>
public static partial class GenerationRequestReader
{
    private static readonly string[] _safetyWords = ["strict", "default", "relaxed"];
    private static readonly string[] _safetyAllowed = ["0", "1", "2", "3", "4", "5", "6", .. _safetyWords];

    /// <summary>Reads parameters that stand among other members of an object.</summary>
    /// <param name="json">The object.</param>
    /// <param name="names">The members that are parameters, neutral or native; each is there once.</param>
    /// <returns>The parameters, and everything that is wrong with them.</returns>
    public static (GenerationParameters Parameters, IReadOnlyList<FieldError> Errors) ReadParameters(JsonElement json, string[] names)
    {
        var errors = new FieldErrorList();
        return (ReadParameters(json, names, errors, HeldInputs.None), errors.ToList());
    }

    private static GenerationParameters ReadParameters(FieldReader body, HeldInputs held) =>
        body.TryGetObject("parameters", out var json) && FieldReader.NamesOf(json, "parameters", body.Errors) is { } names
            ? ReadParameters(json, names, body.Errors, held)
            : GenerationParameters.None;

    private static GenerationParameters ReadParameters(JsonElement json, string[] names, FieldErrorList errors, HeldInputs held)
    {
        var fields = new FieldReader(json, names, "parameters", errors);
        var parameters = GenerationParameters.None;
        foreach (var parameter in NeutralParameter.All)
        {
            if (Read(fields, parameter, held) is { } value)
            {
                parameters = parameter.Set(parameters, value);
            }
        }

        return ReadNative(json, names, errors) is { } native ? parameters with { Native = native } : parameters;
    }

    private static object? Read(FieldReader fields, NeutralParameter parameter, HeldInputs held)
    {
        var (name, least, most) = (parameter.Name, parameter.Least, parameter.Most);
        return parameter.Kind switch
        {
            ParameterKind.Whole => fields.Whole(name, (long)least, (long)most),
            ParameterKind.Number => fields.Number(name, least, most, parameter.IsAboveLeast),
            ParameterKind.Level => ReadLevel(fields, name, (long)least, (long)most),
            ParameterKind.Flag => fields.Flag(name),
            ParameterKind.Prose => fields.Prose(name, (int)least, (int)most),
            ParameterKind.Text => fields.Text(name, (int)least, (int)most),
            ParameterKind.Word => fields.Text(name, (int)least, (int)most)?.ToLowerInvariant(),
            ParameterKind.Ratio => ReadRatio(fields, name),
            ParameterKind.Images => ReadImages(fields, name, (int)most, held),
            _ => ReadMedia(fields, name, parameter.Kind == ParameterKind.Video ? MediaType.Video : MediaType.Image, held),
        };
    }

    private static Dictionary<string, JsonElement>? ReadNative(JsonElement parameters, string[] names, FieldErrorList errors)
    {
        if (Array.TrueForAll(names, ContractNames.ParameterSet.Contains))
        {
            return null;
        }

        Dictionary<string, JsonElement>? native = null;
        foreach (var name in names)
        {
            if (ContractNames.ParameterSet.Contains(name))
            {
                continue;
            }

            var value = parameters.GetProperty(name);
            if (value.ValueKind != JsonValueKind.Object)
            {
                errors.Add(
                    FieldErrorList.PathOf("parameters", name),
                    "It is no neutral parameter. Native ones go into an object under the provider's name.",
                    NeutralParameter.Names);
            }
            else if (!JsonText.IsUnicode(value))
            {
                errors.Add(FieldErrorList.PathOf("parameters", name), JsonText.NotUnicode);
            }
            else
            {
                native ??= new Dictionary<string, JsonElement>(StringComparer.Ordinal);
                native[name] = value.Clone();
            }
        }

        return native;
    }

    private static string? ReadRatio(FieldReader fields, string name)
    {
        if (!fields.TryGetText(name, out var text))
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (text == "auto" || (colon > 0 && IsRatioPart(text.AsSpan(0, colon)) && IsRatioPart(text.AsSpan(colon + 1))))
        {
            return text;
        }

        fields.Add(name, "It must be W:H with numbers from 1 to 999 and one decimal at most, as in 16:9 or 19.5:9, or auto.");
        return null;
    }

    private static bool IsRatioPart(ReadOnlySpan<char> part)
    {
        var whole = part.Length > 2 && part[^2] == '.' && char.IsAsciiDigit(part[^1]) ? part[..^2] : part;
        return whole.Length is >= 1 and <= 3 && !whole.ContainsAnyExceptInRange('0', '9') && whole.ContainsAnyExcept('0');
    }

    private static long? ReadLevel(FieldReader fields, string name, long least, long most)
    {
        if (!fields.TryGet(name, out var value))
        {
            return null;
        }

        if (JsonText.TryWhole(value, out var level) && level >= least && level <= most)
        {
            return level;
        }

        long? known = value.ValueKind == JsonValueKind.String && JsonText.TryRead(value, out var word)
            ? Array.IndexOf(_safetyWords, word) switch { 0 => 0, 1 => 2, 2 => 6, _ => null }
            : null;
        if (known is null)
        {
            fields.Add(name, $"It must be a whole number from {least} (the strictest) to {most}, or a word.", _safetyAllowed);
        }

        return known;
    }

    private static MediaInput? ReadMedia(FieldReader fields, string name, MediaType kind, HeldInputs held)
    {
        if (!fields.TryGet(name, out var value))
        {
            return null;
        }

        var media = MediaInputReader.Read(value, kind, held, out var refusal);
        if (refusal is not null)
        {
            fields.Add(name, refusal);
        }

        return media;
    }

    private static List<MediaInput>? ReadImages(FieldReader fields, string name, int most, HeldInputs held)
    {
        if (!fields.TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most)
        {
            fields.Add(name, $"It must be an array of at most {most} images.");
            return null;
        }

        var images = new List<MediaInput>(value.GetArrayLength());
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (MediaInputReader.Read(item, MediaType.Image, held, out var refusal) is { } image)
            {
                images.Add(image);
            }
            else
            {
                fields.Add($"{name}[{index}]", refusal!);
            }

            index++;
        }

        return images;
    }
}
