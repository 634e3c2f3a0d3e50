using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <summary>Checks values against what a model takes.</summary>
internal static class DeclaredChecks
{
    private static readonly string[] s_clips = ["video-to-video", "extend", "upscale"];
    private static readonly string[] s_pictures = ["image-to-video", .. s_clips];
    private static readonly string[] s_edits = ["image-to-image", "inpainting", "outpainting", "controlnet", "upscale"];
    private static readonly string[] s_masks = ["inpainting", "outpainting"];
    private static readonly string[] s_controls = ["controlnet"];
    private static readonly string[] s_sounds = ["audio"];

    private static readonly (MediaType Type, string[] Formats)[] s_formats =
    [
        (MediaType.Image, ["png", "jpeg", "jpg", "webp", "gif", "svg", "avif", "bmp", "tiff", "heic"]), (MediaType.Video, ["mp4", "webm", "mov", "mkv", "gif"]),
        (MediaType.Audio, ["mp3", "wav", "flac", "aac", "opus", "ogg", "pcm", "m4a"]),
    ];

    /// <summary>The media that can go in.</summary>
    public static IReadOnlyList<string> Inputs { get; } = ["image", "last_image", "reference_images", "mask", "control_image", "video"];

    /// <summary>The capabilities of which a model must have one for a parameter to be of use to it.</summary>
    /// <param name="name">One of <see cref="Inputs"/>, or <c>audio</c>, the switch.</param>
    /// <param name="type">What the model makes.</param>
    /// <returns>None where no capability speaks of it.</returns>
    public static IReadOnlyList<string> CapabilitiesFor(string name, MediaType type) => (type, name) switch
    {
        (MediaType.Video, "video") => s_clips,
        (MediaType.Video, "image" or "last_image" or "reference_images") => s_pictures,
        (MediaType.Video, "audio") => s_sounds,
        (MediaType.Image, "image" or "reference_images") => s_edits,
        (MediaType.Image, "mask") => s_masks,
        (MediaType.Image, "control_image") => s_controls,
        _ => [],
    };

    /// <summary>Media that a model has no use for: it would leave them out and be paid, or be paid for them too.</summary>
    public static void CheckInputs(GenerationParameters p, DeclaredModel model, MappingIssues issues)
    {
        if (!model.IsListed || model.Info.Capabilities.Count == 0)
        {
            return;
        }

        var type = model.Info.MediaType;
        Check("video", p.Video is not null);
        if (type is MediaType.Video or MediaType.Image)
        {
            Check("image", p.Image is not null);
            Check("reference_images", p.ReferenceImages.Count > 0);
        }

        if (type == MediaType.Video)
        {
            Check("last_image", p.LastImage is not null);
        }
        else if (type == MediaType.Image)
        {
            Check("mask", p.Mask is not null);
        }

        void Check(string name, bool isGiven)
        {
            if (isGiven && !model.Info.Capabilities.Any(CapabilitiesFor(name, type).Contains))
            {
                issues.Refuse("parameters." + name, $"{model.Info.Id} cannot honour it.");
            }
        }
    }

    /// <summary>What the request asks for.</summary>
    public static void Check(GenerationRequest request, DeclaredModel model, MappingIssues issues)
    {
        var (p, limits) = (request.Parameters, model.Info.Limits);
        if (p.Duration is { } seconds)
        {
            Duration(seconds, limits, model.Info, "parameters.duration", issues);
        }

        if (p.N > limits.MaxResults)
        {
            issues.Refuse("parameters.n", $"{model.Info.Id} makes at most {limits.MaxResults} at once.");
        }

        var length = request.Prompt.EnumerateRunes().Count();
        if (length > limits.MaxPromptLength)
        {
            issues.Refuse("prompt", $"{model.Info.Id} takes at most {limits.MaxPromptLength} characters.");
        }

        if (limits.MaxInputImages is { } images && p.ReferenceImages.Count + (p.Image is null ? 0 : 1) > images)
        {
            issues.Refuse(p.ReferenceImages.Count > 0 ? "parameters.reference_images" : "parameters.image", $"{model.Info.Id} takes at most {images} images.");
        }

        // Whatever a file allows of formats: a picture is no sound. What a model makes that no file lists, only the request knows.
        if (p.OutputFormat is { } format && !model.Allowed.ContainsKey("output_format") && s_formats.FirstOrDefault(f => f.Type == request.MediaType) is (var type, { } own)
            && !own.Contains(format, StringComparer.OrdinalIgnoreCase) && s_formats.Any(f => f.Formats.Contains(format, StringComparer.OrdinalIgnoreCase)))
        {
            issues.Refuse("parameters.output_format", $"is no format of {(type == MediaType.Image ? "an" : "a")} {type.ToString().ToLowerInvariant()}.", own);
        }

        foreach (var (name, allowed) in model.Allowed)
        {
            if (NeutralParameter.All.FirstOrDefault(n => n.Name == name)?.ValueIn(p) is { } value && Values.Text(value) is { } text && !allowed.Contains(text, StringComparer.OrdinalIgnoreCase))
            {
                issues.Refuse("parameters." + name, $"is nothing that {model.Info.Id} takes.", allowed);
            }
        }
    }

    /// <summary>What is sent, native parameters included.</summary>
    public static void CheckSent(MappedOutput sent, GenerationRequest request, DeclaredModel model, string key, JsonElement native, MappingIssues issues)
    {
        var limits = model.Info.Limits;
        if (request.Parameters.Duration is null && sent.Seconds is { } seconds and > 0)
        {
            Duration(seconds, limits, model.Info, Field("duration"), issues);
        }

        if (request.Parameters.Duration is { } asked && sent.Seconds is { } mapped && Math.Abs(mapped - asked) > 0.0005)
        {
            issues.Refuse("parameters.duration", string.Create(CultureInfo.InvariantCulture, $"cannot be sent to {model.Info.Id}; the nearest that can is {mapped}."));
        }

        if (request.Parameters.N is null && sent.Results > limits.MaxResults)
        {
            issues.Refuse(Field("n"), $"{model.Info.Id} makes at most {limits.MaxResults} at once.");
        }

        if (limits.Resolutions.Count > 0 && request.Parameters is { Resolution: null, Width: null } && sent.Resolution is { } word
            && !limits.Resolutions.Any(r => PixelSize.ClassName(r.ToLowerInvariant()) == word))
        {
            issues.Refuse(Field("resolution"), $"{model.Info.Id} is not offered in this resolution.", limits.Resolutions);
        }

        if (limits.Sizes.Count > 0 && request.Parameters is { Width: null, Height: null, AspectRatio: null, Resolution: null } && sent is { Width: { } width, Height: { } height }
            && !limits.Sizes.Contains(string.Create(CultureInfo.InvariantCulture, $"{width}x{height}"), StringComparer.OrdinalIgnoreCase))
        {
            issues.Refuse(Field("size"), $"{model.Info.Id} is not offered in this size.", limits.Sizes);
        }

        string Field(string name) => sent.NativeFieldOf(name, native) is { } own ? $"parameters.{key}.{own}" : $"parameters.{name}";
    }

    /// <summary>What is sent, for the limits of the configuration.</summary>
    public static MappedOutput Described(Scope facts, IReadOnlyDictionary<string, string> names)
    {
        var size = PixelSize.Parse(Values.Text(facts.Find("size")))
            ?? (Values.Number(facts.Find("width")) is > 0 and <= 1_000_000 and var w && Values.Number(facts.Find("height")) is > 0 and <= 1_000_000 and var h ? new PixelSize((int)w, (int)h, "") : null);
        return new MappedOutput
        {
            Results = Values.Number(facts.Find("results")) is >= 0 and <= 1_000_000 and var results ? results : 1,
            Seconds = Values.Number(facts.Find("seconds")),
            Width = size?.Width,
            Height = size?.Height,
            Resolution = Values.Text(facts.Find("resolution"))?.ToLowerInvariant() is { Length: > 0 } word ? PixelSize.ClassName(word) : null,
            Audio = facts.Find("audio") as bool?,
            NativeNames = names,
        };
    }

    private static void Duration(double seconds, ModelLimits limits, ModelInfo model, string field, MappingIssues issues)
    {
        if (limits.Durations.Count > 0 && !limits.Durations.Contains(seconds))
        {
            issues.Refuse(field, $"is no length of {model.Id}, in seconds.", [.. limits.Durations.Select(d => d.ToString(CultureInfo.InvariantCulture))]);
        }
        else if (seconds < limits.MinDuration || seconds > limits.MaxDuration)
        {
            issues.Refuse(field, string.Create(CultureInfo.InvariantCulture, $"must be {limits.MinDuration ?? 0} to {limits.MaxDuration ?? 3600} seconds for {model.Id}."));
        }
    }
}
