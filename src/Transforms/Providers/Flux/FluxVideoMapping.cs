using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>A unified request as a submit to <c>flux-3-video</c> (docs.bfl.ai, flux_3_video).</summary>
/// <remarks>Its schema is strict: a field it does not know is a 422.</remarks>
internal static class FluxVideoMapping
{
    public const int Shortest = 5;
    public const int Longest = 20;

    /// <summary>Behind a size in the price list: a clip that continues another one.</summary>
    public const string FromClip = "-from-clip";

    private const int MaxClipBytes = 50 * 1024 * 1024;

    public static ReadOnlyMemory<byte> Build(GenerationRequest request, FluxModel model, MappingIssues issues)
    {
        var parameters = request.Parameters;
        var fields = new NativeFields();
        var extras = NativeExtras.Of(parameters, FluxAdapter.ProviderName, issues);

        // 1. The mode follows from the inputs, unless the caller names it.
        var named = extras.Find("mode").Text();
        var mode = named is null ? Infer(parameters, extras) : FluxVideoMode.Short(named);
        if (named is null && !extras.Has("mode"))
        {
            fields.Set("mode", mode);
        }

        // 2. What the neutral parameters specify.
        if (request.Prompt.Length > 0)
        {
            fields.Set("prompt", request.Prompt);
        }

        AddInputs(parameters, model, fields, issues);
        FluxSizing.Add(parameters, model, fields, issues);
        AddResolution(parameters, fields, issues);
        if (Duration(parameters, issues) is { } seconds)
        {
            fields.Set("duration", (long)seconds);
        }

        if (parameters.Audio is { } audio)
        {
            fields.Set("generate_audio", audio);
        }

        FluxMapping.AddSafety(parameters, model, fields, issues);
        if (parameters.OutputFormat is not (null or "mp4"))
        {
            issues.Refuse("parameters.output_format", $"{model.Id} makes MP4 only.", ["mp4"]);
        }

        issues.RejectUnsupported(
            parameters, model.Info, "n", "width", "height", "aspect_ratio", "resolution", "duration",
            "image", "last_image", "video", "audio", "safety", "output_format");

        // 3. What the caller adds in the provider's own words, and whether it all goes together.
        extras.MergeInto(fields, model.Rules, issues);
        Require(request, mode, fields, extras, issues);
        issues.Output = new MappedOutput
        {
            Seconds = fields.NumberOf("duration"), Resolution = fields.TextOf("resolution") == "fhd" ? "1080p" : "720p", Results = fields.NumberOf("batch") ?? 1,
            Audio = fields.FlagOf("generate_audio") ?? true,
        };
        issues.EstimatedCost = FluxPrices.Of(
            issues.Output, 0, model, mode switch { FluxVideoMode.Clip => FromClip, FluxVideoMode.Enhance => "-from-draft", _ => "" });
        return fields.ToJson();
    }

    private static string Infer(GenerationParameters parameters, NativeExtras extras) =>
        parameters.Video is not null || extras.Has("start_video") ? FluxVideoMode.Clip
        : parameters.Image is not null || parameters.LastImage is not null || extras.Has("keyframes") ? FluxVideoMode.Image
        : extras.Has("draft_cache") ? FluxVideoMode.Enhance
        : FluxVideoMode.Text;

    private static void AddInputs(GenerationParameters parameters, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        var first = Usable("parameters.image", parameters.Image, model, issues);
        var last = Usable("parameters.last_image", parameters.LastImage, model, issues);
        var end = parameters.Duration;
        if (last is not null && end is null)
        {
            issues.Refuse("parameters.last_image", "needs parameters.duration, since a keyframe has a time.");
            last = null;
        }

        if (first is not null || last is not null)
        {
            fields.Set("keyframes", writer => WriteKeyframes(writer, first, last, end ?? 0));
        }

        if (parameters.Video is { } clip && FluxInputs.IsUsable("parameters.video", clip, model, issues, "video", MaxClipBytes))
        {
            fields.SetBase64("start_video", clip);
        }
    }

    private static MediaInput? Usable(string path, MediaInput? image, FluxModel model, MappingIssues issues) =>
        image is not null && FluxInputs.IsUsable(path, image, model, issues) ? image : null;

    // A plain text is the first frame; [seconds, image] is a frame at that time.
    private static void WriteKeyframes(Utf8JsonWriter writer, MediaInput? first, MediaInput? last, double end)
    {
        writer.WriteStartArray();
        if (first is not null)
        {
            first.WriteBase64(writer);
        }

        if (last is not null)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(double.IsFinite(end) ? end : 0);
            last.WriteBase64(writer);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static int? Duration(GenerationParameters parameters, MappingIssues issues)
    {
        if (parameters.Duration is not { } duration)
        {
            return null;
        }

        if (duration is >= Shortest and <= Longest && duration == Math.Floor(duration))
        {
            return (int)duration;
        }

        issues.Refuse("parameters.duration", string.Create(
            CultureInfo.InvariantCulture, $"must be whole seconds, {Shortest} to {Longest}."), Ranges.Of(Shortest, Longest));
        return null;
    }

    private static void AddResolution(GenerationParameters parameters, NativeFields fields, MappingIssues issues)
    {
        var named = parameters.Resolution switch
        {
            "720p" or "hd" => "hd",
            "1080p" or "fhd" => "fhd",
            _ => null,
        };
        if (parameters.Resolution is not null && named is null)
        {
            issues.Refuse("parameters.resolution", $"is no resolution of {FluxModels.Video}.", ["720p", "1080p"]);
            return;
        }

        if (parameters.Width is { } width && parameters.Height is { } height)
        {
            // Two sizes cost differently, so pixels that name neither are not rounded to one.
            var bySize = Math.Min(width, height) switch { 720 => "hd", 1080 => "fhd", _ => null };
            if (bySize is null)
            {
                issues.Refuse("parameters.height", "must make the shorter side 720 or 1080.", ["720", "1080"]);
                return;
            }

            if (named is not null && named != bySize)
            {
                issues.Refuse("parameters.resolution", "contradicts width and height.");
                return;
            }

            named = bySize;
        }

        if (named is not null)
        {
            fields.Set("resolution", named);
        }
    }

    private static void Require(GenerationRequest request, string mode, NativeFields fields, NativeExtras extras, MappingIssues issues)
    {
        if (mode != FluxVideoMode.Enhance && string.IsNullOrWhiteSpace(request.Prompt))
        {
            issues.Refuse("prompt", $"{FluxModels.Video} needs a prompt.");
        }

        if (fields.Has("keyframes") && fields.Has("start_video"))
        {
            issues.Refuse("parameters.video", "cannot go with an image: the clip continues one or the other.");
        }

        var needed = mode switch
        {
            FluxVideoMode.Image => "keyframes",
            FluxVideoMode.Clip => "start_video",
            FluxVideoMode.Enhance => "draft_cache",
            _ => null,
        };
        foreach (var input in (string[])["keyframes", "start_video", "draft_cache"])
        {
            if (extras.Has("mode") && input == needed != fields.Has(input))
            {
                issues.Refuse("parameters.flux.mode", input == needed ? $"{mode} needs {input}." : $"{mode} takes no {input}.");
            }
        }

        if (extras.Find("batch").Whole() is > 1 && extras.Find("draft").ValueKind != JsonValueKind.True)
        {
            issues.Refuse("parameters.flux.batch", "goes with draft only.");
        }
    }
}
