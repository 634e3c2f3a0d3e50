using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>Width, height and aspect ratio as the fields a model has for them.</summary>
internal static class FluxSizing
{
    private const string Contradicts = "contradicts width and height.";

    private static readonly string[] s_sizes = ["width", "height", "aspect_ratio"];

    /// <summary>What FLUX.2 makes of a side that is not given, pixels.</summary>
    private const int DefaultSide = 1024;

    public static void Add(GenerationParameters parameters, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        if (model.Grid is null && model.Ratios.Count == 0)
        {
            return;
        }

        AspectRatio? ratio = null;
        if (parameters.AspectRatio is { } text and not "auto")
        {
            ratio = AspectRatio.Parse(text);
            if (ratio is null)
            {
                issues.Refuse("parameters.aspect_ratio", "must be W:H, as in 16:9.");
                return;
            }
        }

        if (model.Grid is { } grid)
        {
            AddPixels(parameters, ratio, model, grid, fields, issues);
        }
        else
        {
            AddRatio(parameters, ratio, model, fields, issues);
        }
    }

    private static void AddPixels(
        GenerationParameters parameters, AspectRatio? ratio, FluxModel model, PixelGrid grid, NativeFields fields, MappingIssues issues)
    {
        var (width, height) = (parameters.Width, parameters.Height);
        var fits = CheckSide("parameters.width", width, model, grid, issues) & CheckSide("parameters.height", height, model, grid, issues);
        if (!fits)
        {
            return;
        }

        if (ratio is { } shape)
        {
            (width, height) = (width, height) switch
            {
                (null, null) => grid.Fit(shape, model.Info.Limits.MaxWidth, model.Info.Limits.MaxHeight) is { } size ? (size.Width, size.Height) : (null, null),
                ({ } w, null) => (w, grid.Beside(w, 1 / shape.Value)),
                (null, { } h) => (grid.Beside(h, shape.Value), h),
                _ => (width, height),
            };

            if (width is not { } sentWidth || height is not { } sentHeight || !shape.IsNear(sentWidth, sentHeight))
            {
                issues.Refuse("parameters.aspect_ratio", parameters.Width is not null && parameters.Height is not null
                    ? Contradicts
                    : $"fits no size of {model.Id}.");
                return;
            }
        }

        if (ratio is { } wanted && width is { } w2 && height is { } h2 && !wanted.SameShape(new AspectRatio(w2, h2)))
        {
            issues.Warn("parameters.aspect_ratio", string.Create(CultureInfo.InvariantCulture, $"{model.Id} draws no size of exactly this shape; {w2}x{h2} was sent."));
        }

        Set(fields, "width", width);
        Set(fields, "height", height);
    }

    /// <summary>Checks the area that is sent, whoever chose it; an absent side is the model's own.</summary>
    public static void CheckArea(NativeFields fields, FluxModel model, NativeExtras extras, MappingIssues issues)
    {
        if (model.Grid is { } grid && !issues.Refusals.Any(r => s_sizes.Any(s => r.Field.EndsWith(s, StringComparison.Ordinal))) && Described(fields, model) is { Width: { } width, Height: { } height } && (long)width * height > grid.MaxArea)
        {
            issues.Refuse(
                extras.Has("width") ? extras.PathOf("width") : extras.Has("height") ? extras.PathOf("height") : "parameters.width",
                string.Create(CultureInfo.InvariantCulture, $"makes {width}x{height} with the rest, and {model.Id} makes at most 4 megapixels."));
        }
    }

    /// <summary>The pixels of a body.</summary>
    public static MappedOutput Described(NativeFields fields, FluxModel model) => new()
    {
        Width = Side(fields, "width") ?? model.Info.Defaults.Width ?? DefaultSide,
        Height = Side(fields, "height") ?? model.Info.Defaults.Height ?? DefaultSide,
    };

    private static int? Side(NativeFields fields, string name) => fields.NumberOf(name) is > 0 and <= 1_000_000 and var pixels ? (int)pixels : null;

    private static void AddRatio(
        GenerationParameters parameters, AspectRatio? ratio, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        var (width, height) = (parameters.Width, parameters.Height);
        if (width is null != height is null)
        {
            issues.Refuse(width is null ? "parameters.height" : "parameters.width", $"{model.Id} needs width and height, or aspect_ratio alone.");
            return;
        }

        if (ratio is { } shape)
        {
            if (width is > 0 && height is > 0 && !shape.IsNear(width.Value, height.Value))
            {
                issues.Refuse("parameters.aspect_ratio", Contradicts);
            }
            else if (Name(shape, model) is { } name)
            {
                fields.Set("aspect_ratio", name);
            }
            else
            {
                issues.Refuse("parameters.aspect_ratio", $"is no shape of {model.Id}.", Names(model));
            }
        }
        else if (width is > 0 && height is > 0)
        {
            AddShapeOf(new AspectRatio(width.Value, height.Value), model, fields, issues);
        }
        else if (width is not null)
        {
            issues.Refuse("parameters.width", "must be above 0, and height too.");
        }
        else if (parameters.AspectRatio == "auto" && model.Id == FluxModels.Video)
        {
            fields.Set("aspect_ratio", "auto");
        }
    }

    private static void AddShapeOf(AspectRatio size, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        // Another size than the one asked for is another picture: it is refused, not rounded.
        var sizes = model.Info.Limits.ShapeSizes;
        var isMade = sizes.Contains(string.Create(CultureInfo.InvariantCulture, $"{size.Width}x{size.Height}"));
        if (sizes.Count > 0 && !isMade)
        {
            issues.Refuse("parameters.width", $"{model.Id} takes a shape and makes no such size.", sizes);
            return;
        }

        foreach (var named in model.Ratios)
        {
            if (named.SameShape(size))
            {
                fields.Set("aspect_ratio", named.ToString());
                if (isMade)
                {
                    return;
                }

                issues.Warn("parameters.width", $"{model.Id} takes a shape, not pixels; {named} was sent for {size.Width}x{size.Height}.");
                return;
            }
        }

        issues.Refuse("parameters.width", $"{model.Id} takes a shape, and width to height is none of them.", Names(model));
    }

    private static string? Name(AspectRatio shape, FluxModel model)
    {
        foreach (var named in model.Ratios)
        {
            if (named.SameShape(shape))
            {
                return named.ToString();
            }
        }

        return FluxModels.TakesAnyRatioBetween(model) && shape.Value <= model.Ratios[0].Value && shape.Value >= model.Ratios[^1].Value
            ? shape.ToString()
            : null;
    }

    private static string[] Names(FluxModel model) => [.. model.Ratios.Select(r => r.ToString())];

    private static bool CheckSide(string field, int? side, FluxModel model, PixelGrid grid, MappingIssues issues)
    {
        if (side is not { } pixels || grid.Holds(pixels))
        {
            return true;
        }

        issues.Refuse(field, string.Create(
            CultureInfo.InvariantCulture, $"must be a multiple of {grid.Step}, {grid.Min} to {grid.Max}, for {model.Id}."), Ranges.Of(grid.Min, grid.Max, grid.Step));
        return false;
    }

    private static void Set(NativeFields fields, string name, int? value)
    {
        if (value is { } pixels)
        {
            fields.Set(name, (long)pixels);
        }
    }
}
