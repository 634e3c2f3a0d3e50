using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Proxy.Selection.Catalogue;

/// <summary>Checks what a mapped request asks for against the limits of its model, the configuration's included.</summary>
internal static class OutputLimits
{
    /// <summary>Checks it.</summary>
    /// <param name="request">The request, whose field a refusal names.</param>
    /// <param name="output">What is sent.</param>
    /// <param name="model">The model as it is offered.</param>
    /// <param name="known">The model as the adapter knows it, which checks its own limits itself.</param>
    /// <param name="key">The key of native parameters that are meant for it.</param>
    /// <param name="issues">Takes what exceeds them.</param>
    public static void Check(GenerationRequest request, MappedOutput output, ModelInfo model, ModelInfo known, string key, MappingIssues issues)
    {
        var (p, limits) = (request.Parameters, model.Limits);
        AtMost(output.Width, limits.MaxWidth, "width", p.Width is not null || p.AspectRatio is not null, "pixels");
        AtMost(output.Height, limits.MaxHeight, "height", p.Height is not null || p.AspectRatio is not null, "pixels");
        AtMost(output.Seconds, limits.MaxDuration, "duration", p.Duration is not null, "seconds");
        AtMost(output.Results, limits.MaxResults, "n", p.N is not null, "results");
        if (request.Prompt.EnumerateRunes().Count() > limits.MaxPromptLength)
        {
            issues.Refuse("prompt", $"{model.Id} takes at most {limits.MaxPromptLength} characters.");
        }

        if (limits.Resolutions.Count > 0 && !limits.Resolutions.SequenceEqual(known.Limits.Resolutions, StringComparer.OrdinalIgnoreCase) && !IsOffered(output, model))
        {
            var inPixels = p.Resolution is null && p.Width is not null;
            issues.Refuse(
                Field(inPixels ? "width" : "resolution", p.Resolution is not null || inPixels), $"{model.Id} is not offered in {WordOf(output)}.", limits.Resolutions);
        }

        void AtMost(double? value, double? limit, string name, bool isGiven, string unit)
        {
            if (value > limit)
            {
                issues.Refuse(Field(name, isGiven), string.Create(CultureInfo.InvariantCulture, $"{model.Id} takes at most {limit} {unit}; this asks for {value}."));
            }
        }

        // What was asked for in the provider's own words is named in them; a default of the model has no field that was written.
        string Field(string name, bool isGiven) =>
            !isGiven && output.NativeFieldOf(name, p.Native.GetValueOrDefault(key)) is { } own ? $"parameters.{key}.{own}" : $"parameters.{name}";
    }

    private static bool IsOffered(MappedOutput output, ModelInfo model)
    {
        if (output.Resolution is { } word)
        {
            var name = PixelSize.ClassName(word.ToLowerInvariant());
            return model.Limits.Resolutions.Any(r => PixelSize.ClassName(r.ToLowerInvariant()) == name);
        }

        return output is not { Width: { } width, Height: { } height } || model.Limits.Resolutions.Any(r => Math.Min(width, height) <= SideOf(r, model.MediaType));
    }

    /// <summary>The shorter side of the largest picture that a size class means, pixels.</summary>
    private static int SideOf(string resolution, MediaType type)
    {
        var name = PixelSize.ClassName(resolution.ToLowerInvariant());
        return name.EndsWith('p') && int.TryParse(name.AsSpan(0, name.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var lines) ? lines
            : name.EndsWith('k') && double.TryParse(name.AsSpan(0, name.Length - 1), CultureInfo.InvariantCulture, out var thousands)
                ? (int)(thousands * (type == MediaType.Video ? 540 : 1024))
            : int.MaxValue;
    }

    private static string WordOf(MappedOutput output) => output.Resolution ?? string.Create(CultureInfo.InvariantCulture, $"{output.Width}x{output.Height}");
}
