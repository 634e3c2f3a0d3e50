using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>Shape, resolution and length.</summary>
internal static class VeoSizing
{
    private static readonly PixelSize[] s_sizes =
    [
        .. PixelSize.List("720p", "1280:720 720:1280"), .. PixelSize.List("1080p", "1920:1080 1080:1920"), .. PixelSize.List("4k", "3840:2160 2160:3840"),
    ];

    public static void Add(GenerationParameters parameters, VeoModel model, NativeFields fields, MappingIssues issues)
    {
        PixelSize[] sizes = [.. s_sizes.Where(s => model.Resolutions.Contains(s.Class))];
        if (SizeChoice.Narrow(parameters, sizes, model.Info, issues) is not { } left)
        {
            return;
        }

        var pixels = parameters.Width is not null || parameters.Height is not null;
        if (pixels || parameters.AspectRatio is not (null or "auto"))
        {
            fields.Set("aspectRatio", left[0].Width > left[0].Height ? "16:9" : "9:16");
        }

        if ((pixels || parameters.Resolution is not null) && !model.IsVeo2)
        {
            fields.Set("resolution", left[0].Class);
        }
    }

    /// <summary>The pixels of a size class in a shape; null for a class that is not known.</summary>
    public static PixelSize? SizeOf(string resolution, string? shape)
    {
        foreach (var size in s_sizes)
        {
            if (size.Class == resolution && size.Width > size.Height == (shape != "9:16"))
            {
                return size;
            }
        }

        return null;
    }

    public static void AddLength(GenerationParameters parameters, VeoModel model, VeoDialect dialect, bool extends, NativeFields fields, MappingIssues issues)
    {
        if (parameters.Duration is not { } seconds)
        {
            return;
        }

        IReadOnlyList<int> allowed = extends ? [dialect.ExtensionSeconds] : model.Seconds;
        if (allowed.Any(a => a == seconds))
        {
            fields.Set("durationSeconds", (long)seconds);
        }
        else
        {
            issues.Refuse(
                "parameters.duration",
                extends ? $"is the wrong length for extending a clip with {model.Id}, in seconds." : $"is no length of {model.Id}, in seconds.",
                [.. allowed.Select(a => a.ToString(CultureInfo.InvariantCulture))]);
        }
    }

    /// <summary>What goes only with the full length or the lowest resolution (ai.google.dev, video).</summary>
    public static void Check(VeoModel model, VeoDialect dialect, NativeFields instance, NativeFields fields, MappingIssues issues)
    {
        var seconds = fields.NumberOf("durationSeconds") ?? 8;
        var resolution = fields.TextOf("resolution") ?? "720p";
        var extends = instance.Has("video");
        if (resolution != "720p" && extends)
        {
            issues.Refuse("parameters.resolution", $"must be 720p to extend a clip with {model.Id}.", ["720p"]);
        }
        else if (resolution != "720p" && seconds != 8)
        {
            issues.Refuse("parameters.duration", $"must be 8 seconds for {resolution} with {model.Id}.", ["8"]);
        }

        if (instance.Has("referenceImages") && seconds != 8)
        {
            issues.Refuse("parameters.duration", $"must be 8 seconds with reference images for {model.Id}.", ["8"]);
        }

        if (extends && fields.NumberOf("durationSeconds") is { } asked && asked != dialect.ExtensionSeconds)
        {
            issues.Refuse("parameters.veo.durationSeconds", string.Create(
                CultureInfo.InvariantCulture, $"must be {dialect.ExtensionSeconds} to extend a clip with {model.Id}."));
        }
    }
}
