using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>Size and length as the two texts Sora takes.</summary>
internal static class SoraSizing
{
    /// <summary>The first size of the model that everything given agrees on; null when nothing was given, or when there is none.</summary>
    public static string? Size(GenerationParameters parameters, ModelInfo model, MappingIssues issues)
    {
        List<(string Field, Func<VideoSize, bool> Holds)> wishes = [];
        if (parameters.Width is { } width)
        {
            wishes.Add(("parameters.width", s => s.Width == width));
        }

        if (parameters.Height is { } height)
        {
            wishes.Add(("parameters.height", s => s.Height == height));
        }

        if (parameters.AspectRatio is { } text and not "auto")
        {
            var ratio = AspectRatio.Parse(text);
            wishes.Add(("parameters.aspect_ratio", s => ratio is { } r && s.Ratio.SameShape(r)));
        }

        if (parameters.Resolution is { } resolution)
        {
            wishes.Add(("parameters.resolution", s => s.Resolution == resolution));
        }

        IReadOnlyList<VideoSize> left = SoraModels.SizesOf(model);
        foreach (var (field, holds) in wishes)
        {
            left = [.. left.Where(holds)];
            if (left.Count == 0)
            {
                var alone = SoraModels.SizesOf(model).Any(holds);
                issues.Refuse(
                    field,
                    alone ? $"goes with no size of {model.Id} that fits the rest." : $"is no size of {model.Id}.",
                    [.. SoraModels.SizesOf(model).Select(s => s.ToString())]);
                return null;
            }
        }

        return wishes.Count == 0 ? null : left[0].ToString();
    }

    /// <summary>Null when nothing was given, or when it is refused.</summary>
    public static string? Seconds(GenerationParameters parameters, ModelInfo model, MappingIssues issues)
    {
        if (parameters.Duration is not { } duration)
        {
            return null;
        }

        foreach (var seconds in SoraModels.Seconds)
        {
            if (duration == seconds)
            {
                return seconds.ToString(CultureInfo.InvariantCulture);
            }
        }

        issues.Refuse(
            "parameters.duration",
            $"is no length of {model.Id}, in seconds.",
            [.. SoraModels.Seconds.Select(s => s.ToString(CultureInfo.InvariantCulture))]);
        return null;
    }
}
