using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>What a model's calls give to its entry in the catalogue.</summary>
internal static class RunwayCatalogue
{
    public static RunwayModel Video(string id, RunwayCall[] calls) => Build(id, MediaType.Video, calls);

    public static RunwayModel Image(string id, RunwayCall call) => Build(id, MediaType.Image, [call]);

    public static RunwayModel Audio(string id, params RunwayCall[] calls) => Build(id, MediaType.Audio, calls);

    private static RunwayModel Build(string id, MediaType type, RunwayCall[] calls)
    {
        var price = RunwayPriceList.Of(id);
        var info = new ModelInfo(id, type)
        {
            Capabilities = [.. calls.SelectMany(CapabilitiesOf).Distinct()],
            FetchesUrls = true,
            Price = price?.Listed,
            Limits = LimitsOf(calls),
        };
        return new RunwayModel(info, calls) { Credits = price?.Credits ?? (_ => null) };
    }

    private static IEnumerable<string> CapabilitiesOf(RunwayCall call)
    {
        IEnumerable<string> main = call.Endpoint switch
        {
            "text_to_video" => ["text-to-video"],
            "image_to_video" => ["image-to-video"],
            "text_to_image" => call.ReferencesRequired ? ["image-to-image"] : ["text-to-image", "image-to-image"],
            "image_upscale" => ["upscale", "image-to-image"],
            "video_upscale" => ["upscale", "video-to-video"],
            "character_performance" => ["image-to-video", "video-to-video"],
            "text_to_speech" or "sound_effect" => ["text-to-audio"],
            _ => ["video-to-video"],
        };
        return main.Concat(call.Own.ContainsKey("mode") ? ["extend"] : []).Concat(call.Audio ? ["audio"] : []);
    }

    private static int ImagesOf(RunwayCall call) =>
        Math.Max(
            call.ReferenceField is null ? 0 : call.MaxReferences,
            call.Frames switch { RunwayFrames.None => 0, RunwayFrames.FirstLast or RunwayFrames.Positioned => 2, RunwayFrames.Keyframe => 5, _ => 1 });

    private static ModelLimits LimitsOf(RunwayCall[] calls)
    {
        var lengths = calls.Select(c => c.Lengths).OfType<RunwayLengths>().FirstOrDefault();
        var prompt = calls.Max(c => c.MaxPrompt);
        return new ModelLimits
        {
            Sizes = [.. calls.SelectMany(c => c.FreeArea is null ? c.Sizes : []).Select(s => s.ToString().Replace(':', 'x')).Distinct()],
            MinArea = (int?)calls.Min(c => c.FreeArea?.Min),
            MaxArea = (int?)calls.Max(c => c.FreeArea?.Max),
            SizeIsFixed = calls.All(c => c.Sizes.Count == 0 && c.Shapes.Count == 0),
            AspectRatios = [.. calls.SelectMany(c => c.Shapes).Distinct()],
            Resolutions = [.. calls.SelectMany(c => c.Resolutions).Distinct()],
            Durations = [.. (lengths?.Only ?? []).Select(s => (double)s)],
            MinDuration = lengths?.Min,
            MaxDuration = lengths?.Max,
            MaxPromptLength = prompt == 0 ? null : prompt,
            MaxResults = calls.Max(c => c.Counts.Count) is var counts and not 16 ? (counts == 0 ? 1 : calls.Max(c => c.Counts[^1])) : null,
            MaxInputImages = calls.Max(ImagesOf),
            InputTypes = ModelLimits.UsualInputTypes,
        };
    }
}
