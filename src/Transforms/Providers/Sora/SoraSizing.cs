using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>Size and length as the two texts Sora takes.</summary>
internal static class SoraSizing
{
    /// <summary>The first size of the model that everything given agrees on; null when nothing was given, or when there is none.</summary>
    public static string? Size(GenerationParameters parameters, ModelInfo model, MappingIssues issues) =>
        parameters is { Width: null, Height: null, Resolution: null, AspectRatio: null or "auto" }
        || SizeChoice.Narrow(parameters, SoraModels.SizesOf(model), model, issues) is not { } left
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{left[0].Width}x{left[0].Height}");

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
