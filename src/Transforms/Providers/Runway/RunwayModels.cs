using System.Collections.Frozen;
using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>Every model of the generation endpoints in npm <c>@runwayml/sdk</c> 4.20.1, and those that were retired shortly before.</summary>
internal static class RunwayModels
{
    /// <summary>For models that the SDK of September 2026 lists no longer and Runway announced no day for: the SDK's month stands for it.</summary>
    private static readonly DateOnly s_gone = new(2026, 9, 1);

    private static readonly RunwayLengths s_any = new(1, null);

    private static readonly RunwayLengths s_anyOrAuto = new(1, null) { Auto = true };

    private static readonly RunwayLengths s_veo = new(4, 8) { Only = [4, 6, 8] };

    // The other values make an archive of frames, which is no result that Framegate could keep.
    private static readonly string[] s_gen45Formats = ["mp4", "prores", "hdr10", "hlg", "sdr_rec709_10bit", "hdr_pq_12bit_master", "hdr_prores"];

    private static readonly string[] s_someImages = ["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"];

    private static readonly int[] s_upToTen = [.. Enumerable.Range(1, 10)];

    // No most is documented; the contract itself ends at 16.
    private static readonly int[] s_any16 = [.. Enumerable.Range(1, 16)];

    public static IReadOnlyList<RunwayModel> All { get; } =
        [.. Gen4(), .. Veo(), .. Seedance(), .. OtherVideo(), .. Images(), .. Enhancement(), .. RunwayAudioModels.All(), .. Retired()];

    public static IReadOnlyList<ModelInfo> Infos { get; } = [.. All.Select(m => m.Info)];

    private static readonly FrozenDictionary<string, RunwayModel> s_byId = All.ToFrozenDictionary(m => m.Id, StringComparer.Ordinal);

    public static RunwayModel Of(ModelInfo model) => s_byId.GetValueOrDefault(model.Id)
        ?? throw new ArgumentException($"'{model.Id}' is no model of Runway.", nameof(model));

    private static IEnumerable<RunwayModel> Gen4()
    {
        var own = RunwayRules.Of(("contentModeration", RunwayRules.Moderation), ("proresProfile", RunwayRules.ProresProfile));
        var gen45 = new RunwayCall("text_to_video")
        {
            MaxPrompt = 1000, Sizes = RunwaySizes.Two, DefaultSize = "1280:720", Seed = true, Formats = s_gen45Formats, Own = own,
            Lengths = new(2, 10) { Default = 5 },
        };
        var gen45Image = gen45 with { Endpoint = "image_to_video", Sizes = RunwaySizes.Gen4, Frames = RunwayFrames.First };
        yield return RunwayCatalogue.Video("gen4.5", [gen45, gen45Image]);
        yield return RunwayCatalogue.Video(
            "gen4_turbo", [gen45Image with { Prompt = RunwayPrompt.Optional, Lengths = new(2, 10), Formats = [], Own = Moderated }]);
        yield return RunwayCatalogue.Video(
            "aleph2",
            [
                new("video_to_video")
                {
                    Prompt = RunwayPrompt.Optional, VideoField = "videoUri", Frames = RunwayFrames.Keyframe, Seed = true,
                    Shapes = ["16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "21:9"], ShapeField = "targetAspectRatio",
                    Formats = ["mp4", "prores", "sdr_rec709_10bit"],
                    Own = RunwayRules.Of(
                        ("keyframes", RunwayRules.Keyframes), ("contentModeration", RunwayRules.Moderation), ("proresProfile", RunwayRules.ProresProfile)),
                },
            ]);
        yield return RunwayCatalogue.Video(
            "act_two",
            [
                new("character_performance")
                {
                    Prompt = RunwayPrompt.None, Frames = RunwayFrames.Character, VideoField = "reference", Seed = true, Sizes = RunwaySizes.Gen4,
                    Own = RunwayRules.Of(
                        ("bodyControl", NativeRule.Flag), ("expressionIntensity", NativeRule.Whole(1, 5)), ("contentModeration", RunwayRules.Moderation)),
                },
            ]);
    }

    private static IEnumerable<RunwayModel> Veo()
    {
        var veo = new RunwayCall("text_to_video")
        {
            MaxPrompt = 1000, Sizes = RunwaySizes.Four, DefaultSize = "1280:720", Lengths = s_veo, Audio = true, NegativePrompt = true, Seed = true,
        };
        RunwayCall[] calls = [veo, veo with { Endpoint = "image_to_video", Prompt = RunwayPrompt.Optional, Frames = RunwayFrames.FirstLast }];
        yield return RunwayCatalogue.Video("veo3.1", calls);
        yield return RunwayCatalogue.Video("veo3.1_fast", calls);
    }

    private static IEnumerable<RunwayModel> Seedance()
    {
        var text = new RunwayCall("text_to_video")
        {
            MaxPrompt = 3500, Sizes = RunwaySizes.Seedance, Lengths = s_anyOrAuto, Audio = true, Seed = true, ReferenceField = "references", MaxReferences = 9,
            Own = RunwayRules.Of(("referenceVideos", RunwayRules.Uris(16)), ("referenceAudio", RunwayRules.Uris(16))),
        };
        RunwayCall[] Calls(PixelSize[] sizes) =>
        [
            text with { Sizes = sizes },
            text with
            {
                Endpoint = "image_to_video", Sizes = sizes, Prompt = RunwayPrompt.Optional, Frames = RunwayFrames.Positioned, ReferenceField = null,
                Own = RunwayRules.Of(("referenceAudio", RunwayRules.Uris(16))),
            },
            text with { Endpoint = "video_to_video", Sizes = sizes, Prompt = RunwayPrompt.Optional, VideoField = "promptVideo" },
        ];

        yield return RunwayCatalogue.Video("seedance2", Calls(RunwaySizes.Seedance));
        yield return RunwayCatalogue.Video("seedance2_fast", Calls(RunwaySizes.SeedanceFast));
        yield return RunwayCatalogue.Video("seedance2_mini", Calls(RunwaySizes.SeedanceFast));

        text = text with { MaxPrompt = 15_000, Prompt = RunwayPrompt.Optional, MaxReferences = 30 };
        var calls = Calls(RunwaySizes.Seedance25);
        calls[2] = calls[2] with { Own = calls[2].Own.Append(new("mode", RunwayRules.Mode)).ToDictionary() };
        yield return RunwayCatalogue.Video("seedance2_5", calls);
    }

    private static IEnumerable<RunwayModel> OtherVideo()
    {
        var extras = RunwayRules.Of(("referenceVideos", RunwayRules.Uris(16)), ("referenceAudio", RunwayRules.Uris(16)));
        var audioOnly = RunwayRules.Of(("referenceAudio", RunwayRules.Uris(16)));
        var hailuo = new RunwayCall("text_to_video")
        {
            Shapes = ["16:9", "21:9", "4:3", "1:1", "3:4", "9:16"], AutoSizes = ["adaptive"], Resolutions = ["768p", "2k"], Lengths = s_any,
            ReferenceField = "references", MaxReferences = 9, Own = extras,
        };
        yield return RunwayCatalogue.Video(
            "hailuo3",
            [
                hailuo,
                hailuo with { Endpoint = "image_to_video", Frames = RunwayFrames.Positioned, ReferenceField = null, Own = audioOnly },
                hailuo with { Endpoint = "video_to_video", VideoField = "promptVideo" },
            ]);

        var horse = new RunwayCall("text_to_video") { MaxPrompt = 2500, Sizes = RunwaySizes.Happyhorse, Lengths = s_any };
        yield return RunwayCatalogue.Video(
            "happyhorse_1_0",
            [
                horse,
                horse with
                {
                    Endpoint = "image_to_video", Prompt = RunwayPrompt.Optional, Sizes = [], Resolutions = ["720p", "1080p"], Frames = RunwayFrames.First,
                },
            ]);

        var omni = new RunwayCall("text_to_video") { Sizes = RunwaySizes.Two, Lengths = new(3, 10) };
        yield return RunwayCatalogue.Video(
            "gemini_omni_flash",
            [
                omni,
                omni with { Endpoint = "image_to_video", Prompt = RunwayPrompt.Optional, Frames = RunwayFrames.First },
                new("video_to_video") { VideoField = "videoUri", ReferenceField = "references" },
            ]);
        omni = omni with
        {
            Sizes = RunwaySizes.Omni, Lengths = new(3, 10) { Auto = true }, ReferenceField = "references",
            Own = RunwayRules.Of(("referenceVideos", RunwayRules.Uris(16))),
        };
        yield return RunwayCatalogue.Video(
            "gemini_omni_flash_1.1",
            [
                omni,
                omni with { Endpoint = "image_to_video", Frames = RunwayFrames.FirstLast, ReferenceField = null, Own = Nothing },
                omni with { Endpoint = "video_to_video", VideoField = "videoUri", Own = RunwayRules.Of(("mode", RunwayRules.Mode)) },
            ]);

        var grok = new RunwayCall("text_to_video")
        {
            Shapes = s_someImages, Resolutions = ["480p", "720p", "1080p"], Lengths = s_any, ReferenceField = "references", Own = audioOnly,
        };
        yield return RunwayCatalogue.Video(
            "grok_imagine_1_5",
            [
                grok,
                grok with
                {
                    Endpoint = "image_to_video", Prompt = RunwayPrompt.Optional, Shapes = [], Frames = RunwayFrames.First, ReferenceField = null, Own = Nothing,
                },
            ]);

        string[] automatic = ["auto_720p", "auto_480p", "auto_1080p"];
        var wan = new RunwayCall("text_to_video")
        {
            Sizes = RunwaySizes.Wan, AutoSizes = automatic, Lengths = s_any, Audio = true, ReferenceField = "references", MaxReferences = 10, Own = extras,
        };
        foreach (var id in (string[])["wan3", "wan3_prime"])
        {
            yield return RunwayCatalogue.Video(
                id,
                [
                    wan,
                    wan with { Endpoint = "image_to_video", DefaultSize = "auto_720p", Frames = RunwayFrames.Positioned, ReferenceField = null },
                ]);
        }

        var h3 = new RunwayCall("text_to_video")
        {
            Resolutions = ["480p", "768p"], Lengths = s_any, Seed = true,
            Own = RunwayRules.Of((RunwayMapping.Expansion, NativeRule.OneOf("disabled", "balanced", "quality"))),
        };
        yield return RunwayCatalogue.Video("h3_max", [h3, h3 with { Endpoint = "image_to_video", Frames = RunwayFrames.FirstLast }]);
    }

    private static IEnumerable<RunwayModel> Images()
    {
        var image = new RunwayCall("text_to_image") { Frames = RunwayFrames.Reference, ReferenceField = "referenceImages" };
        var gen4 = image with { MaxPrompt = 1000, Sizes = RunwaySizes.Gen4Image, DefaultSize = "1280:720", MaxReferences = 3, Seed = true, Own = Moderated };
        yield return RunwayCatalogue.Image("gen4_image", gen4);
        yield return RunwayCatalogue.Image("gen4_image_turbo", gen4 with { ReferencesRequired = true });

        var gemini = image with { Sizes = RunwaySizes.Gemini1K, DefaultSize = "1024:1024", MaxReferences = 3 };
        yield return RunwayCatalogue.Image("gemini_2.5_flash", gemini);
        yield return RunwayCatalogue.Image("gemini_image3_pro", gemini with { Sizes = RunwaySizes.GeminiPro, MaxReferences = 14, Counts = [1, 4] });
        yield return RunwayCatalogue.Image("gemini_image3.1_flash", gemini with { Sizes = RunwaySizes.GeminiFlash, MaxReferences = 14, Counts = [1, 4] });

        RunwayCall Gpt(string[] qualities, params string[] backgrounds) => image with
        {
            MaxPrompt = 32_000, Sizes = RunwaySizes.Gpt, AutoSizes = ["auto"], DefaultSize = "auto", Counts = s_upToTen,
            Own = RunwayRules.Of(("quality", NativeRule.OneOf(qualities)), ("background", NativeRule.OneOf(backgrounds))),
        };
        string[] five = ["low", "medium", "high", "xhigh", "max"];
        yield return RunwayCatalogue.Image("gpt_image_2", Gpt(["low", "medium", "high", "auto"], "transparent", "opaque", "auto"));
        yield return RunwayCatalogue.Image("gpt_image_2_5_flare", Gpt(five, "opaque", "auto") with { MaxPrompt = 0 });
        yield return RunwayCatalogue.Image("gpt_image_2_5_sunburst", Gpt(five, "transparent", "opaque", "auto") with { MaxPrompt = 0 });

        var seedream = image with
        {
            MaxPrompt = 4000, Sizes = RunwaySizes.SeedreamPro, AutoSizes = ["auto_1k", "auto_2k"], DefaultSize = "auto_1k", MaxReferences = 10, Counts = s_any16,
            Formats = ["png", "jpeg"], Own = RunwayRules.Of(("grounding", NativeRule.Flag)),
        };
        yield return RunwayCatalogue.Image("seedream5_pro", seedream);
        yield return RunwayCatalogue.Image(
            "seedream5_lite",
            seedream with { Sizes = RunwaySizes.SeedreamLite, AutoSizes = [], DefaultSize = "2048:2048", FreeArea = (3_686_400, 16_777_216) });
        yield return RunwayCatalogue.Image(
            "muse_image",
            image with
            {
                Sizes = RunwaySizes.Muse, AutoSizes = ["auto"], DefaultSize = "auto", MaxReferences = 10, Counts = s_any16, Formats = ["png", "jpeg", "webp"],
            });
        yield return RunwayCatalogue.Image(
            "grok_imagine_image_2",
            image with
            {
                Sizes = RunwaySizes.GrokImage, AutoSizes = ["auto_1k", "auto_2k"], DefaultSize = "auto_1k", MaxReferences = 3, Counts = s_any16,
                Own = RunwayRules.Of(("quality", NativeRule.OneOf("low", "medium")), ("edit", NativeRule.Flag)),
            });
    }

    private static IEnumerable<RunwayModel> Enhancement()
    {
        yield return RunwayCatalogue.Image(
            "magnific_precision_upscaler_v2",
            new("image_upscale")
            {
                Prompt = RunwayPrompt.None, Frames = RunwayFrames.Plain,
                Own = RunwayRules.Of(
                    ("scaleFactor", NativeRule.Where("must be 2, 4, 8 or 16.", v => v.Whole() is 2 or 4 or 8 or 16)),
                    ("flavor", NativeRule.OneOf("sublime", "photo", "photo_denoiser")),
                    ("sharpen", RunwayRules.Percent), ("smartGrain", RunwayRules.Percent), ("ultraDetail", RunwayRules.Percent)),
            });
        yield return RunwayCatalogue.Video(
            "magnific_video_upscaler_creative",
            [
                new("video_upscale")
                {
                    Prompt = RunwayPrompt.None, VideoField = "videoUri", Resolutions = ["720p", "1k", "2k", "4k"],
                    Own = RunwayRules.Of(
                        ("flavor", NativeRule.OneOf("vivid", "natural")), ("fpsBoost", NativeRule.Flag),
                        ("creativity", RunwayRules.Percent), ("sharpen", RunwayRules.Percent), ("smartGrain", RunwayRules.Percent)),
                },
            ]);
        yield return RunwayCatalogue.Video(
            "enhance_frame_rate",
            [
                new("video_upscale")
                {
                    Prompt = RunwayPrompt.None, VideoField = "videoUri",
                    Own = RunwayRules.Of((RunwayMapping.FrameRate, NativeRule.OneOf([.. RunwayMapping.FrameRates]))),
                },
            ]);
        yield return RunwayCatalogue.Video(
            "ruby",
            [
                new("video_to_hdr")
                {
                    Prompt = RunwayPrompt.None, VideoField = "videoUri", Formats = ["hdr10", "hlg", "hdr_prores"],
                    Own = RunwayRules.Of(("proresProfile", NativeRule.OneOf("422", "4444", "422 HQ"))),
                },
            ]);
    }

    // As older versions of the SDK described them; Runway answers 400 (no matching discriminator).
    private static IEnumerable<RunwayModel> Retired()
    {
        var gen3 = new RunwayCall("image_to_video")
        {
            Prompt = RunwayPrompt.Optional, MaxPrompt = 1000, Sizes = RunwaySizes.Gen3, DefaultSize = "1280:768", Frames = RunwayFrames.FirstLast, Seed = true,
            Lengths = new(5, 10) { Only = [5, 10] }, Own = Moderated,
        };
        var veo = new RunwayCall("text_to_video")
        {
            MaxPrompt = 1000, Sizes = RunwaySizes.Four, DefaultSize = "1280:720", Lengths = new(8, 8) { Only = [8], Default = 8 }, Seed = true,
        };
        var aleph = new RunwayCall("video_to_video") { MaxPrompt = 1000, VideoField = "videoUri", Sizes = RunwaySizes.Gen4, DefaultSize = "1280:720", Seed = true, Own = Moderated };
        RunwayModel[] models =
        [
            RunwayCatalogue.Video("gen3a_turbo", [gen3]),
            RunwayCatalogue.Video("veo3", [veo, veo with { Endpoint = "image_to_video", Prompt = RunwayPrompt.Optional, Frames = RunwayFrames.First }]),
            RunwayCatalogue.Video("gen4_aleph", [aleph]),
            RunwayCatalogue.Video("upscale_v1", [new("video_upscale") { Prompt = RunwayPrompt.None, VideoField = "videoUri" }]),
        ];
        return models.Select(m => m with { Info = m.Info with { Retired = m.Id is "gen3a_turbo" or "gen4_aleph" ? new DateOnly(2026, 7, 30) : s_gone } });
    }

    private static Dictionary<string, NativeRule> Nothing => [];

    private static Dictionary<string, NativeRule> Moderated => RunwayRules.Of(("contentModeration", RunwayRules.Moderation));
}
