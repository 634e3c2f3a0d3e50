using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Puts a size the way its model takes it, by the limits that the catalogue knows: pixels, or a shape and a resolution.</summary>
internal static class SizeWording
{
    private const string Param = "size";

    /// <summary>Adds a size to a request's parameters, or refuses it with the sizes that the model makes.</summary>
    /// <param name="parameters">The other parameters.</param>
    /// <param name="size">The size.</param>
    /// <param name="model">The model; null for an alias, whose candidates differ, and for what nobody knows.</param>
    /// <param name="fields">Takes the refusal.</param>
    /// <param name="warnings">Takes what the model does not promise.</param>
    public static GenerationParameters Add(
        GenerationParameters parameters, PixelCount size, ModelInfo? model, OpenAiFields fields, List<string> warnings)
    {
        var pixels = parameters with { Width = size.Width, Height = size.Height };

        // With a shape or a resolution beside it, only the model's own rules decide whether they agree.
        if (model is not { Limits: var limits } || (parameters.AspectRatio ?? parameters.Resolution) is not null)
        {
            return pixels;
        }

        if (!Fits(size, limits))
        {
            return Refuse($"{model.Id} is offered with at most {limits.MaxWidth ?? size.Width}x{limits.MaxHeight ?? size.Height}.", SizesOf(limits));
        }

        if (limits.Sizes.Count > 0)
        {
            return limits.Sizes.Contains(size.ToString()) ? pixels : Refuse($"{size} is no size of {model.Id}.", SizesOf(limits));
        }

        if (limits.AspectRatios.Count > 0)
        {
            var shape = limits.AspectRatios.FirstOrDefault(size.Has);
            if (shape is null && limits is { Resolutions.Count: 0, ShapeSizes.Count: 0 })
            {
                return Refuse($"{model.Id} takes a shape; aspect_ratio may be {string.Join(", ", limits.AspectRatios)}.", ["auto"]);
            }

            if (shape is null || (limits.Resolutions.Count > 0 && !limits.Resolutions.Contains(size.Class)))
            {
                return Refuse($"{size} is no size of {model.Id}.", SizesOf(limits));
            }

            if (limits.Resolutions.Count > 0)
            {
                return parameters with { AspectRatio = shape, Resolution = size.Class };
            }

            if (limits.ShapeSizes.Count > 0)
            {
                return limits.ShapeSizes.Contains(size.ToString()) ? parameters with { AspectRatio = shape } : Refuse($"{size} is no size of {model.Id}.", SizesOf(limits));
            }

            warnings.Add($"{Param}: {model.Id} takes a shape, not pixels; {shape} was sent for {size}.");
            return parameters with { AspectRatio = shape };
        }

        return limits.SizeIsFixed || limits.Resolutions.Count > 0 ? Refuse($"{model.Id} takes none.", ["auto"])
            : IsOnGrid(size, limits) ? pixels
            : Refuse($"{model.Id} makes {GridOf(limits)}.", ExamplesOf(limits));

        GenerationParameters Refuse(string message, IReadOnlyList<string> allowed)
        {
            fields.Refuse(Param, message, allowed: allowed);
            return parameters;
        }
    }

    /// <summary>Refuses a size that no candidate of an alias makes, with those that some do.</summary>
    /// <param name="size">The size.</param>
    /// <param name="name">The alias.</param>
    /// <param name="candidates">What the catalogue knows about its candidates.</param>
    /// <param name="fields">Takes the refusal.</param>
    public static void CheckAlias(PixelCount size, string name, IReadOnlyList<ModelInfo> candidates, OpenAiFields fields)
    {
        if (candidates.Count > 0 && candidates.All(c => !Makes(c, size)))
        {
            fields.Refuse(Param, $"{size} is no size of {name}.", allowed: [.. candidates.SelectMany(c => SizesOf(c.Limits)).Where(s => PixelCount.TryParse(s, out _)).Distinct()]);
        }
    }

    private static bool Makes(ModelInfo model, PixelCount size)
    {
        var scratch = new OpenAiFields(new OpenAiBody());
        Add(GenerationParameters.None, size, model, scratch, []);
        return scratch.Problem is null;
    }

    private static bool Fits(PixelCount size, ModelLimits limits) => !(size.Width > limits.MaxWidth || size.Height > limits.MaxHeight);

    private static bool IsOnGrid(PixelCount size, ModelLimits limits) =>
        !(Math.Min(size.Width, size.Height) < limits.MinSide || size.Area < limits.MinArea || size.Area > limits.MaxArea)
        && size.Width % (limits.SideStep ?? 1) == 0 && size.Height % (limits.SideStep ?? 1) == 0;

    /// <summary>Every size of a model that has a list of them.</summary>
    private static string[] SizesOf(ModelLimits limits) => limits switch
    {
        { Sizes.Count: > 0 } => [.. limits.Sizes.Where(s => !PixelCount.TryParse(s, out var size) || Fits(size, limits))],
        { Resolutions.Count: > 0 } => [.. limits.Resolutions.SelectMany(r => limits.AspectRatios.Select(a => PixelCount.Of(a, r)))
            .OfType<PixelCount>().Where(s => Fits(s, limits)).Select(s => s.ToString())],
        { ShapeSizes.Count: > 0 } => [.. limits.ShapeSizes.Where(s => PixelCount.TryParse(s, out var size) && Fits(size, limits))],
        { AspectRatios.Count: 0, SizeIsFixed: false } => ExamplesOf(limits),
        _ => ["auto"],
    };

    /// <summary>Sizes of usual shapes that a grid holds, the smallest of each.</summary>
    private static string[] ExamplesOf(ModelLimits limits)
    {
        const int Usual = 1024 * 1024, Most = 16_384;
        (int Width, int Height)[] shapes = [(1, 1), (3, 2), (2, 3), (16, 9), (9, 16)];
        var step = limits.SideStep ?? 16;
        return [.. shapes.Select(Smallest).OfType<PixelCount>().Select(s => s.ToString())];

        PixelCount? Smallest((int Width, int Height) shape)
        {
            var least = Math.Max(limits.MinArea ?? 0, Math.Min(Usual, limits.MaxArea ?? Usual) / 2);
            for (var unit = step; unit * Math.Max(shape.Width, shape.Height) <= Most; unit += step)
            {
                var size = new PixelCount(shape.Width * unit, shape.Height * unit);
                if (size.Area >= least && Fits(size, limits) && IsOnGrid(size, limits))
                {
                    return size;
                }
            }

            return null;
        }
    }

    private static string GridOf(ModelLimits limits)
    {
        string?[] rules =
        [
            limits.SideStep is { } step ? $"sides that are multiples of {step}" : null,
            limits.MinSide is { } shortest ? $"sides of at least {shortest} pixels" : null,
            limits.MinArea is { } smallest ? $"at least {smallest} pixels in all" : null,
            limits.MaxArea is { } largest ? $"at most {largest} pixels in all" : null,
        ];
        return string.Join(", ", rules.OfType<string>());
    }
}
