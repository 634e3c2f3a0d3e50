using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <content>The <c>parameters</c>.</content>
public static partial class GenerationRequestReader
{
    /// <summary>How many reference images are taken at most.</summary>
    public const int MaxReferenceImages = 16;

    private const int MaxWordLength = 32;
    private static readonly string[] _safetyWords = ["strict", "default", "relaxed"];
    private static readonly string[] _safetyAllowed = ["0", "1", "2", "3", "4", "5", "6", .. _safetyWords];

    private static GenerationParameters ReadParameters(FieldReader body)
    {
        if (!body.TryGetObject("parameters", out var json) || FieldReader.NamesOf(json, "parameters", body.Errors) is not { } names)
        {
            return GenerationParameters.None;
        }

        var fields = new FieldReader(json, names, "parameters", body.Errors);
        var parameters = new GenerationParameters
        {
            Width = fields.Int("width", 1, 16_384),
            Height = fields.Int("height", 1, 16_384),
            AspectRatio = ReadAspectRatio(fields),
            Resolution = fields.Text("resolution", 1, MaxWordLength)?.ToLowerInvariant(),
            Duration = fields.Number("duration", 0, 3600, above: true),
            Fps = fields.Int("fps", 1, 240),
            N = fields.Int("n", 1, 16),
            Seed = fields.Whole("seed", -1, uint.MaxValue),
            NegativePrompt = fields.Text("negative_prompt", 0, MaxPromptLength, controls: true),
            Image = ReadMedia(fields, "image", MediaType.Image),
            LastImage = ReadMedia(fields, "last_image", MediaType.Image),
            Mask = ReadMedia(fields, "mask", MediaType.Image),
            ControlImage = ReadMedia(fields, "control_image", MediaType.Image),
            ReferenceImages = ReadReferenceImages(fields),
            Video = ReadMedia(fields, "video", MediaType.Video),
            Strength = fields.Number("strength", 0, 1),
            Guidance = fields.Number("guidance", 0, 100),
            Steps = fields.Int("steps", 1, 1000),
            OutputFormat = fields.Text("output_format", 1, MaxWordLength)?.ToLowerInvariant(),
            Audio = fields.Flag("audio"),
            Voice = fields.Text("voice", 1, MaxNameLength),
            EnhancePrompt = fields.Flag("enhance_prompt"),
            Safety = ReadSafety(fields),
        };

        return ReadNative(json, names, body.Errors) is { } native ? parameters with { Native = native } : parameters;
    }

    private static Dictionary<string, JsonElement>? ReadNative(JsonElement parameters, string[] names, FieldErrorList errors)
    {
        if (Array.TrueForAll(names, ContractNames.ParameterSet.Contains))
        {
            return null;
        }

        Dictionary<string, JsonElement>? native = null;
        foreach (var property in parameters.EnumerateObject())
        {
            var name = property.Name;
            if (ContractNames.ParameterSet.Contains(name))
            {
                continue;
            }

            if (property.Value.ValueKind != JsonValueKind.Object)
            {
                errors.Add(
                    FieldErrorList.PathOf("parameters", name),
                    "It is no neutral parameter. Native ones go into an object under the provider's name.",
                    NeutralParameter.Names);
            }
            else if (!JsonText.IsUnicode(property.Value))
            {
                errors.Add(FieldErrorList.PathOf("parameters", name), JsonText.NotUnicode);
            }
            else
            {
                native ??= new Dictionary<string, JsonElement>(StringComparer.Ordinal);
                native[name] = property.Value.Clone();
            }
        }

        return native;
    }

    private static string? ReadAspectRatio(FieldReader fields)
    {
        if (!fields.TryGetText("aspect_ratio", out var text))
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (text == "auto" || (colon > 0 && IsRatioPart(text.AsSpan(0, colon)) && IsRatioPart(text.AsSpan(colon + 1))))
        {
            return text;
        }

        fields.Add("aspect_ratio", "It must be W:H with whole numbers from 1 to 999, as in 16:9, or auto.");
        return null;
    }

    private static bool IsRatioPart(ReadOnlySpan<char> part) =>
        part.Length is >= 1 and <= 3 && !part.ContainsAnyExceptInRange('0', '9') && part.ContainsAnyExcept('0');

    private static int? ReadSafety(FieldReader fields)
    {
        if (!fields.TryGet("safety", out var value))
        {
            return null;
        }

        if (JsonText.TryWhole(value, out var level) && level is >= 0 and <= 6)
        {
            return (int)level;
        }

        int? known = value.ValueKind == JsonValueKind.String && JsonText.TryRead(value, out var word)
            ? Array.IndexOf(_safetyWords, word) switch { 0 => 0, 1 => 2, 2 => 6, _ => null }
            : null;
        if (known is null)
        {
            fields.Add("safety", "It must be a whole number from 0 (the strictest) to 6, or a word.", _safetyAllowed);
        }

        return known;
    }

    private static MediaInput? ReadMedia(FieldReader fields, string name, MediaType kind)
    {
        if (!fields.TryGet(name, out var value))
        {
            return null;
        }

        var media = MediaInputReader.Read(value, kind, out var refusal);
        if (refusal is not null)
        {
            fields.Add(name, refusal);
        }

        return media;
    }

    private static List<MediaInput> ReadReferenceImages(FieldReader fields)
    {
        if (!fields.TryGet("reference_images", out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxReferenceImages)
        {
            fields.Add("reference_images", $"It must be an array of at most {MaxReferenceImages} images.");
            return [];
        }

        var images = new List<MediaInput>(value.GetArrayLength());
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (MediaInputReader.Read(item, MediaType.Image, out var refusal) is { } image)
            {
                images.Add(image);
            }
            else
            {
                fields.Add($"reference_images[{index}]", refusal!);
            }

            index++;
        }

        return images;
    }
}
