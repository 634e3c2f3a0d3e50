using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>Brings what a request specifies about size into the words that its model takes.</summary>
internal static class DeclaredSizing
{
    /// <summary>Parameters that are about size.</summary>
    public static readonly IReadOnlyList<string> Names = ["width", "height", "aspect_ratio", "resolution"];

    /// <summary>The classes of a table that has no names of its own, by the short side.</summary>
    private static readonly IReadOnlyList<string> s_classes = ["480p", "720p", "1080p", "1440p", "2160p"];

    /// <summary>Sets <c>width</c>, <c>height</c>, <c>size</c>, <c>aspect_ratio</c> and <c>resolution</c> as far as the templates use them.</summary>
    /// <param name="parameters">The request's parameters.</param>
    /// <param name="model">The model.</param>
    /// <param name="used">The variables of the templates.</param>
    /// <param name="scope">Takes the values.</param>
    /// <param name="issues">Takes refusals.</param>
    public static void Add(GenerationParameters parameters, ModelInfo model, IReadOnlySet<string> used, Scope scope, MappingIssues issues)
    {
        if (!Names.Any(n => NeutralParameter.All.First(p => p.Name == n).IsGiven(parameters)))
        {
            return;
        }

        // What the words of the request can express stays in them.
        var inWords = parameters is { Width: null, Height: null }
            && (parameters.AspectRatio is null || used.Contains("aspect_ratio")) && (parameters.Resolution is null || used.Contains("resolution"));
        var pixels = !inWords && (used.Contains("size") || used.Contains("width"));
        if (pixels && model.Limits.Sizes.Count > 0)
        {
            FromTable(parameters, model, scope, issues);
        }
        else if (pixels)
        {
            FromGrid(parameters, model, used, scope, issues);
        }
        else
        {
            InWords(parameters, model, used, scope, issues);
        }
    }

    private static void FromTable(GenerationParameters parameters, ModelInfo model, Scope scope, MappingIssues issues)
    {
        PixelSize[] sizes = [.. model.Limits.Sizes.SelectMany(s => PixelSize.List("", s.Replace('x', ':'))).Select(s => s with { Class = ClassOf(s, model.Limits.Resolutions.Count > 0 ? model.Limits.Resolutions : s_classes) })];
        if (SizeChoice.Narrow(parameters, sizes, model, issues) is [var size, ..])
        {
            Pixels(scope, size.Width, size.Height);
        }
    }

    private static void FromGrid(GenerationParameters p, ModelInfo model, IReadOnlySet<string> used, Scope scope, MappingIssues issues)
    {
        var limits = model.Limits;
        var area = p.Resolution is { } resolution ? AreaOf(resolution) : limits.MaxArea is { } most ? Math.Min(most, PixelGrid.UsualArea) : PixelGrid.UsualArea;
        if (p.Resolution is not null && !used.Contains("resolution") && area is null)
        {
            issues.Refuse("parameters.resolution", $"is no resolution of {model.Id}.", ["1k", "2k", "4k"]);
            return;
        }

        var step = limits.SideStep ?? 1;
        var (width, height) = (p.Width, p.Height);
        if (width is null || height is null)
        {
            var shape = p.AspectRatio is { } text and not "auto" ? AspectRatio.Parse(text) : new AspectRatio(1, 1);
            if (p.AspectRatio is not (null or "auto") && shape is null)
            {
                issues.Refuse("parameters.aspect_ratio", "must be W:H.");
                return;
            }

            var ratio = shape!.Value.Value;
            (width, height) = width is { } w ? (w, Round(w / ratio, step))
                : height is { } h ? (Round(h * ratio, step), h)
                : (Round(Math.Sqrt((area ?? PixelGrid.UsualArea) * ratio), step), Round(Math.Sqrt((area ?? PixelGrid.UsualArea) / ratio), step));
        }

        if (Fault(width.Value, height.Value, limits) is var (field, reason))
        {
            issues.Refuse("parameters." + field, reason);
            return;
        }

        Pixels(scope, width.Value, height.Value);
    }

    private static void InWords(GenerationParameters p, ModelInfo model, IReadOnlySet<string> used, Scope scope, MappingIssues issues)
    {
        var limits = model.Limits;
        var (takesRatio, takesResolution) = (used.Contains("aspect_ratio"), used.Contains("resolution"));
        AspectRatio? shape = p.AspectRatio is { } text and not "auto" ? AspectRatio.Parse(text) : null;
        var resolution = p.Resolution is { } named ? PixelSize.ClassName(named) : null;
        var field = "parameters.aspect_ratio";
        if (p.Width is not null || p.Height is not null)
        {
            field = p.Width is null ? "parameters.height" : "parameters.width";
            if (!takesRatio && !takesResolution)
            {
                issues.Refuse(field, $"{model.Id} cannot honour it.");
                return;
            }

            if (p is not { Width: { } width, Height: { } height })
            {
                issues.Refuse(field, $"{model.Id} needs width and height, or aspect_ratio and resolution.");
                return;
            }

            var size = new PixelSize(width, height, "");
            var asClass = ClassOf(size, limits.Resolutions);
            if ((shape is { } s && !size.Is(s)) || (takesResolution && limits.Resolutions.Count > 0 && (asClass.Length == 0 || (resolution is not null && asClass != resolution))))
            {
                issues.Refuse(field, $"goes with no shape and resolution of {model.Id} that fit the rest.", [.. limits.AspectRatios, .. limits.Resolutions]);
                return;
            }

            shape ??= limits.AspectRatios.Select(AspectRatio.Parse).FirstOrDefault(r => r is { } known && size.Is(known)) ?? size.NearestShape();
            resolution ??= takesResolution && asClass.Length > 0 ? asClass : null;
            if (takesRatio && !shape.Value.IsNear(width, height))
            {
                issues.Warn(field, $"{model.Id} takes shapes, and makes {width}x{height} in {shape}.");
            }
        }

        if (shape is { } wanted && takesRatio)
        {
            // Of a model whose shapes nobody knows, tenths are sent as they were written.
            var word = limits.AspectRatios.Count == 0 ? (p.AspectRatio?.Contains('.', StringComparison.Ordinal) == true ? p.AspectRatio : wanted.ToString())
                : limits.AspectRatios.FirstOrDefault(r => r.Equals(p.AspectRatio, StringComparison.Ordinal) || (AspectRatio.Parse(r) is { } known && known.SameShape(wanted)));
            if (word is null)
            {
                issues.Refuse(field, $"is no shape of {model.Id}.", limits.AspectRatios);
                return;
            }

            scope.Set("aspect_ratio", word);
        }

        if (resolution is not null && takesResolution)
        {
            var word = limits.Resolutions.Count == 0 ? resolution : limits.Resolutions.FirstOrDefault(r => PixelSize.ClassName(r.ToLowerInvariant()) == resolution);
            if (word is null)
            {
                issues.Refuse("parameters.resolution", $"is no resolution of {model.Id}.", limits.Resolutions);
                return;
            }

            scope.Set("resolution", word);
        }
    }

    /// <summary>The class of a size among those that a model has: by its short side, or by its area for <c>1k</c>, <c>2k</c>, <c>4k</c>.</summary>
    private static string ClassOf(PixelSize size, IReadOnlyList<string> resolutions)
    {
        var shorter = string.Create(CultureInfo.InvariantCulture, $"{Math.Min(size.Width, size.Height)}p");
        foreach (var resolution in resolutions)
        {
            var name = PixelSize.ClassName(resolution.ToLowerInvariant());
            if (name == PixelSize.ClassName(shorter)
                || (AreaOf(name) is { } area && (long)size.Width * size.Height is var drawn && drawn > area * 0.6 && drawn < area * 1.6))
            {
                return name;
            }
        }

        return "";
    }

    private static int? AreaOf(string resolution) => resolution.ToLowerInvariant() switch
    {
        "512" or "0.5k" => 512 * 512,
        "1k" => 1024 * 1024,
        "2k" => 2048 * 2048,
        "4k" => 4096 * 4096,
        _ => null,
    };

    private static (string Field, string Reason)? Fault(int width, int height, ModelLimits limits) =>
        width > limits.MaxWidth ? ("width", $"must be at most {limits.MaxWidth}.")
        : height > limits.MaxHeight ? ("height", $"must be at most {limits.MaxHeight}.")
        : Math.Min(width, height) < limits.MinSide ? (width < height ? "width" : "height", $"must be at least {limits.MinSide}.")
        : limits.SideStep is { } step && (width % step != 0 || height % step != 0) ? (width % step != 0 ? "width" : "height", $"must be a multiple of {step}.")
        : (long)width * height > limits.MaxArea ? ("width", $"and height make more than {limits.MaxArea} pixels.")
        : (long)width * height < limits.MinArea ? ("width", $"and height make fewer than {limits.MinArea} pixels.")
        : null;

    private static int Round(double side, int step) => Math.Max(step, (int)Math.Round(side / step) * step);

    private static void Pixels(Scope scope, int width, int height)
    {
        scope.Set("width", (long)width).Set("height", (long)height).Set("size", string.Create(CultureInfo.InvariantCulture, $"{width}x{height}"));
        scope.Set("megapixels", width * (double)height / 1_000_000);
    }
}
