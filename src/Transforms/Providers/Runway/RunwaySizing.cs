using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>Width, height, aspect ratio, resolution and length as the fields a call has for them.</summary>
internal static class RunwaySizing
{
    /// <summary>What is wrong with a length that is not taken.</summary>
    public static string LengthsOf(RunwayLengths lengths) =>
        lengths.Only.Count > 0 ? $"must be one of {string.Join(", ", lengths.Only)} seconds."
        : string.Create(
            CultureInfo.InvariantCulture,
            $"must be {(lengths.Whole ? "whole " : "")}seconds, {(lengths.Max is { } max ? $"{lengths.Min} to {max}" : $"at least {lengths.Min}")}.");

    public static void Add(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        if (call.Shapes.Count > 0)
        {
            AddShape(parameters, call, model, fields, issues);
        }
        else if (call.Sizes.Count > 0 || call.AutoSizes.Count > 0)
        {
            AddPixels(parameters, call, model, fields, issues);
        }
        else if (call.Resolutions.Count > 0 && parameters.Resolution is { } resolution)
        {
            AddResolution(resolution, call, model, fields, issues);
        }

        AddLength(parameters, call, model, fields, issues);
    }

    private static void AddPixels(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        // An image brings its own shape along, where the provider can follow it.
        var automatic = parameters.AspectRatio == "auto" || call.Sizes.Count == 0 || (call.Frames != RunwayFrames.None && call.Endpoint != "text_to_image" && parameters.AspectRatio is null);
        if (parameters is { Width: null, Height: null, Resolution: null, AspectRatio: null or "auto" })
        {
            if (automatic && parameters.AspectRatio == "auto" && call.AutoSizes.Count > 0)
            {
                fields.Set("ratio", call.AutoSizes[0]);
            }

            return;
        }

        if (automatic && parameters is { Width: null, Height: null } && call.AutoSizes.Count > 0)
        {
            AddAutomatic(parameters, call, model, fields, issues);
            return;
        }

        if (call.FreeArea is { } area && parameters is { Width: { } w, Height: { } h, AspectRatio: null or "auto", Resolution: null }
            && (long)w * h >= area.Min && (long)w * h <= area.Max)
        {
            fields.Set("ratio", new PixelSize(w, h, "").ToString());
        }
        else if (SizeChoice.Narrow(parameters, call.Sizes, model, issues) is { } left)
        {
            fields.Set("ratio", left[0].ToString());
        }
    }

    // auto, or auto_720p and the like: the shape follows the input, only the class can be chosen.
    private static void AddAutomatic(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        if (parameters.AspectRatio is not (null or "auto"))
        {
            issues.Refuse("parameters.aspect_ratio", $"follows the image at {model.Id}.", ["auto"]);
            return;
        }

        var wanted = PixelSize.ClassName(parameters.Resolution ?? "");
        var chosen = call.AutoSizes.FirstOrDefault(a => wanted.Length == 0 || a.EndsWith("_" + wanted, StringComparison.Ordinal));
        if (chosen is null)
        {
            issues.Refuse("parameters.resolution", $"is no resolution of {model.Id} when the model chooses the shape.", call.AutoSizes);
            return;
        }

        fields.Set("ratio", chosen);
    }

    private static void AddShape(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        var resolution = parameters.Resolution;
        AspectRatio? shape = null;
        if (parameters.AspectRatio is { } text and not "auto")
        {
            shape = AspectRatio.Parse(text);
            if (shape is null)
            {
                issues.Refuse("parameters.aspect_ratio", "must be W:H, as in 16:9.", call.Shapes);
                return;
            }
        }

        if (parameters.Width is not null || parameters.Height is not null)
        {
            if (parameters is not { Width: > 0 and var width, Height: > 0 and var height } || call.Resolutions.Count == 0)
            {
                issues.Refuse(
                    parameters.Width is not null ? "parameters.width" : "parameters.height",
                    $"{model.Id} takes a shape{(call.Resolutions.Count > 0 ? " and a resolution" : "")}, not pixels; give aspect_ratio.",
                    call.Shapes);
                return;
            }

            var named = string.Create(CultureInfo.InvariantCulture, $"{Math.Min(width, height)}p");
            var pixels = new AspectRatio(width, height);
            if (!call.Resolutions.Contains(named) || (resolution is not null && PixelSize.ClassName(resolution) != named)
                || (shape is { } s && !s.SameShape(pixels)))
            {
                issues.Refuse("parameters.width", $"goes with no shape and resolution of {model.Id} that fit the rest.", [.. call.Shapes, .. call.Resolutions]);
                return;
            }

            (shape, resolution) = (pixels, named);
        }

        if (shape is { } wanted)
        {
            var name = call.Shapes.FirstOrDefault(n => AspectRatio.Parse(n) is { } known && known.SameShape(wanted));
            if (name is null)
            {
                issues.Refuse(
                    parameters.AspectRatio is null or "auto" ? "parameters.width" : "parameters.aspect_ratio", $"is no shape of {model.Id}.", call.Shapes);
            }
            else
            {
                fields.Set(call.ShapeField, name);
            }
        }
        else if (parameters.AspectRatio == "auto" && call.AutoSizes.Count > 0
            && (call.Endpoint != "text_to_video" || parameters.ReferenceImages.Count > 0))
        {
            // Without anything to adapt to, the provider wants a shape or nothing.
            fields.Set(call.ShapeField, call.AutoSizes[0]);
        }

        if (resolution is not null && call.Resolutions.Count > 0)
        {
            AddResolution(resolution, call, model, fields, issues);
        }
    }

    private static void AddResolution(string resolution, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        var name = PixelSize.ClassName(resolution);
        if (call.Resolutions.Contains(name))
        {
            fields.Set("resolution", name);
        }
        else
        {
            issues.Refuse("parameters.resolution", $"is no resolution of {model.Id}.", call.Resolutions);
        }
    }

    private static void AddLength(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        if (parameters.Duration is not { } seconds || call.Lengths is not { } lengths)
        {
            return;
        }

        if (!lengths.Holds(seconds))
        {
            issues.Refuse(
                "parameters.duration",
                $"{LengthsOf(lengths)} These are the lengths of {model.Id}.",
                lengths.Only.Count > 0 ? [.. lengths.Only.Select(s => s.ToString(CultureInfo.InvariantCulture))]
                : lengths.Whole ? Ranges.Of((long)lengths.Min, (long)(lengths.Max ?? 3600)) : Ranges.Of(lengths.Min, lengths.Max ?? 3600));
        }
        else if (lengths.Whole)
        {
            fields.Set("duration", (long)seconds);
        }
        else
        {
            fields.Set("duration", seconds);
        }
    }
}
