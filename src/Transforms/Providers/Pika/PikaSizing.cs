using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>Shape, resolution, length, and the price that follows from them.</summary>
internal static class PikaSizing
{
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal) { ["duration"] = "duration", ["resolution"] = "resolution" };

    public static void Add(GenerationParameters parameters, PikaModel model, NativeFields fields, MappingIssues issues)
    {
        var resolution = parameters.Resolution is { } given && model.TakesResolution ? PixelSize.ClassName(given) : null;
        if (resolution is not null && !PikaModels.Resolutions.Contains(resolution))
        {
            issues.Refuse("parameters.resolution", $"is no resolution of {model.Id}.", PikaModels.Resolutions);
            resolution = null;
        }

        if (model.TakesRatio)
        {
            resolution = AddShape(parameters, model, resolution, fields, issues);
        }

        if (resolution is not null)
        {
            fields.Set("resolution", resolution);
        }
    }

    public static void AddLength(GenerationParameters parameters, PikaModel model, int frames, NativeFields fields, MappingIssues issues)
    {
        if (parameters.Duration is not { } seconds)
        {
            return;
        }

        switch (model.Length)
        {
            case PikaLength.FiveOrTen when seconds is 5 or 10:
                fields.Set("duration", (long)seconds);
                break;
            case PikaLength.FiveOrTen:
                issues.Refuse("parameters.duration", $"is no length of {model.Id}, in seconds.", ["5", "10"]);
                break;
            case PikaLength.Any when seconds is > 0 and <= 3600:
                fields.Set("duration", seconds);
                break;
            case PikaLength.Any:
                issues.Refuse("parameters.duration", "must be a number of seconds above 0.");
                break;
            case PikaLength.Transitions when frames >= 2:
                AddTransitions(seconds, frames - 1, model, fields, issues);
                break;
            case PikaLength.Transitions:
                issues.Refuse("parameters.duration", "is split over the key frames, and there are none; use parameters.pika.transitions.");
                break;
        }
    }

    /// <summary>The sum of the lengths of transitions, seconds.</summary>
    public static double Sum(JsonElement transitions) =>
        transitions.Items().Sum(t => t.Member("duration").Number() ?? PikaModels.DefaultSeconds);

    /// <summary>What a body asks for.</summary>
    public static MappedOutput Described(GenerationParameters parameters, PikaModel model, NativeFields fields, NativeExtras extras, int frames)
    {
        var transitions = extras.Find("transitions");
        double? seconds = model.Length switch
        {
            PikaLength.None => null,
            PikaLength.Transitions when transitions.ValueKind == JsonValueKind.Array => Sum(transitions),
            PikaLength.Transitions => parameters.Duration ?? PikaModels.DefaultSeconds * Math.Max(PikaInputs.FrameCount(frames, extras) - 1, 1),
            _ => fields.NumberOf("duration") ?? (fields.TextOf("duration") == "10" ? 10 : PikaModels.DefaultSeconds),
        };
        return new MappedOutput
        {
            Seconds = seconds is null or (>= 0 and <= 3600) ? seconds : 0,
            Resolution = model.TakesResolution ? fields.TextOf("resolution") ?? model.DefaultResolution : null,
            Audio = false,
            NativeNames = s_names,
        };
    }

    /// <summary>The price by the list, USD; null when nobody knows.</summary>
    public static decimal? Price(PikaModel model, MappedOutput made)
    {
        if (model.Info.Price is not { } price || (price.PerSecondBySize is null && price.PerSecond is null))
        {
            return model.Info.Price?.PerResult;
        }

        var perSecond = made.Resolution is { } size && price.PerSecondBySize?.TryGetValue(size, out var sized) == true ? sized : price.PerSecond;
        return perSecond * (decimal)(made.Seconds ?? PikaModels.DefaultSeconds);
    }

    // Every transition gets the same share, in whole seconds.
    private static void AddTransitions(double seconds, int transitions, PikaModel model, NativeFields fields, MappingIssues issues)
    {
        var each = seconds / transitions;
        if (seconds > PikaModels.MaxTransitions || each < 1 || each != Math.Floor(each))
        {
            issues.Refuse("parameters.duration", string.Create(
                CultureInfo.InvariantCulture,
                $"must be a multiple of {transitions}, at most {PikaModels.MaxTransitions}, for {transitions + 1} key frames of {model.Id}."));
            return;
        }

        fields.Set("transitions", writer =>
        {
            writer.WriteStartArray();
            for (var i = 0; i < transitions; i++)
            {
                writer.WriteStartObject();
                writer.WriteNumber("duration", (long)each);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        });
    }

    private static string? AddShape(
        GenerationParameters parameters, PikaModel model, string? resolution, NativeFields fields, MappingIssues issues)
    {
        AspectRatio? shape = parameters.AspectRatio is { } text and not "auto" ? AspectRatio.Parse(text) : null;
        if (shape is null && parameters.AspectRatio is not (null or "auto"))
        {
            issues.Refuse("parameters.aspect_ratio", $"is no shape of {model.Id}.", PikaModels.Ratios);
            return resolution;
        }

        if (parameters.Width is not null || parameters.Height is not null)
        {
            if (parameters is not { Width: > 0 and var width, Height: > 0 and var height })
            {
                issues.Refuse(
                    parameters.Width is null ? "parameters.height" : "parameters.width", $"{model.Id} needs width and height, or aspect_ratio and resolution.");
                return resolution;
            }

            var named = string.Create(CultureInfo.InvariantCulture, $"{Math.Min(width, height)}p");
            var pixels = new AspectRatio(width, height);
            if (!PikaModels.Resolutions.Contains(named) || (resolution is not null && resolution != named) || (shape is { } s && !s.SameShape(pixels)))
            {
                issues.Refuse("parameters.width", $"goes with no shape and resolution of {model.Id} that fit the rest.", [.. PikaModels.Ratios, .. PikaModels.Resolutions]);
                return resolution;
            }

            (shape, resolution) = (pixels, named);
        }

        if (shape is { } wanted)
        {
            if (PikaModels.Ratios.FirstOrDefault(r => AspectRatio.Parse(r)!.Value.SameShape(wanted)) is { } ratio)
            {
                fields.Set("aspect_ratio", ratio);
            }
            else
            {
                issues.Refuse(
                    parameters.Width is null ? "parameters.aspect_ratio" : "parameters.width", $"is no shape of {model.Id}.", PikaModels.Ratios);
            }
        }

        return resolution;
    }
}
