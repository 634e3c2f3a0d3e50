using System.Collections.Frozen;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>Every model with a documented schema. Sources: BFL's OpenAPI document v0.0.1 (spring 2026), docs.bfl.ai, and for the
/// models that document does not list any more the official Python client.</summary>
internal static class FluxModels
{
    public const string Video = "flux-3-video";

    /// <summary>For models that BFL's OpenAPI document of May 2026 lists no longer. BFL announced no day, so the document's month stands
    /// for it.</summary>
    private static readonly DateOnly s_goneFromSpec = new(2026, 5, 1);

    private static readonly string[] s_inputTypes = [.. ModelLimits.UsualInputTypes, "image/gif"];
    private static readonly PixelGrid s_flux1 = new(256, 1440, 32, 1440 * 1440);
    private static readonly PixelGrid s_flux2 = new(64, 2048 * 2048 / 64, 16, 2048 * 2048);

    private static readonly AspectRatio[] s_ratios =
    [
        new(21, 9), new(16, 9), new(3, 2), new(4, 3), new(5, 4), new(1, 1), new(4, 5), new(3, 4), new(2, 3), new(9, 16), new(9, 21),
    ];

    private static readonly AspectRatio[] s_videoRatios =
        [new(21, 9), new(2, 1), new(16, 9), new(4, 3), new(1, 1), new(3, 4), new(9, 16)];

    public static IReadOnlyList<FluxModel> All { get; } =
    [
        .. Flux1(), .. Ultra(), .. Kontext(), .. Flux2(), FluxThreeImage.Model, .. Tools(), .. Legacy(),
        Complete(new FluxModel(new ModelInfo(Video, MediaType.Video)
        {
            Capabilities = ["text-to-video", "image-to-video", "extend", "audio"],

            // A draft costs less; what it costs to make a clip of a draft is not known.
            Price = new ModelPrice(PerSecondBySize: new Dictionary<string, decimal>
            {
                ["720p"] = 0.17m, ["1080p"] = 0.29m, ["720p" + FluxVideoMapping.FromClip] = 0.41m, ["1080p" + FluxVideoMapping.FromClip] = 0.53m,
            })
            {
                IsBound = true, Source = "BFL's list prices, as quoted on 21 September 2026",
            },
        })
        {
            Ratios = s_videoRatios,
            MaxSafety = 4,
        }),
    ];

    public static IReadOnlyList<ModelInfo> Infos { get; } = [.. All.Select(m => m.Info)];

    private static readonly FrozenDictionary<string, FluxModel> s_byId = All.ToFrozenDictionary(m => m.Id, StringComparer.Ordinal);

    public static FluxModel Of(ModelInfo model) => s_byId.GetValueOrDefault(model.Id)
        ?? throw new ArgumentException($"'{model.Id}' is no model of Flux.", nameof(model));

    /// <summary>Whether any shape between the outermost named ones is taken, and not the named ones only.</summary>
    public static bool TakesAnyRatioBetween(FluxModel model) => model.Id != Video;

    private static IEnumerable<FluxModel> Flux1()
    {
        var defaults = new GenerationParameters { Width = 1024, Height = 768, Safety = 2, EnhancePrompt = false };
        var pro11 = new FluxModel(Image("flux-pro-1.1", 0.04m, "text-to-image", "image-to-image") with { Defaults = defaults })
        {
            Grid = s_flux1, ImageField = "image_prompt", Upsampling = true, Prompt = FluxPrompt.OrImagePrompt,
        };
        yield return Complete(pro11);
        yield return Complete(pro11 with
        {
            // The price is from a third party.
            Info = Image("flux-dev", 0.025m, "text-to-image", "image-to-image") with { Defaults = defaults with { Steps = 28, Guidance = 3 } },
            Steps = new Bounds(1, 50), Guidance = new Bounds(1.5, 5),
        });
    }

    private static IEnumerable<FluxModel> Ultra()
    {
        var ultra = new FluxModel(Image("flux-pro-1.1-ultra", 0.06m, "text-to-image", "image-to-image"))
        {
            Ratios = s_ratios, ImageField = "image_prompt", TakesStrength = true, Upsampling = true, Prompt = FluxPrompt.OrImagePrompt,
        };
        yield return Complete(ultra, new() { ["raw"] = NativeRule.Flag });

        // Served by https://api.us1.bfl.ai only: a destination of its own.
        yield return Complete(ultra with
        {
            Info = Image("flux-pro-1.1-ultra-finetuned", null, "text-to-image", "image-to-image", "lora"), Required = [Finetune],
        });
    }

    private static IEnumerable<FluxModel> Kontext()
    {
        var kontext = new FluxModel(Image("flux-kontext-pro", 0.04m, "text-to-image", "image-to-image") with { FetchesUrls = true })
        {
            Ratios = s_ratios, ImageField = "input_image", MaxImages = 4, Upsampling = true,
        };
        yield return Complete(kontext);
        yield return Complete(kontext with
        {
            Info = Image("flux-kontext-max", 0.08m, "text-to-image", "image-to-image") with { FetchesUrls = true },
        });
    }

    // Priced by the megapixel, in and out; of two pages that differ on flex, the dearer. Previews cost what their models do.
    private static IEnumerable<FluxModel> Flux2()
    {
        (string Id, decimal First, decimal More)[] priced =
        [
            ("flux-2-pro", 0.03m, 0.015m), ("flux-2-pro-preview", 0.03m, 0.015m), ("flux-2-max", 0.07m, 0.03m), ("flux-2-flex", 0.06m, 0.06m),
            ("flux-2-klein-4b", 0.014m, 0.001m), ("flux-2-klein-9b", 0.015m, 0.002m), ("flux-2-klein-9b-preview", 0.015m, 0.002m),
        ];
        foreach (var (id, first, more) in priced)
        {
            var flex = id == "flux-2-flex";
            var model = new FluxModel(Image(id, first, "text-to-image", "image-to-image") with
            {
                FetchesUrls = true, Price = new ModelPrice(PerResult: first) { PerMegapixel = more },
            })
            {
                Grid = s_flux2, ImageField = "input_image", MaxSafety = 5, Upsampling = flex,
                MaxImages = id.Contains("klein", StringComparison.Ordinal) ? 4 : 8,
                Steps = flex ? new Bounds(1, 50) : null,
                Guidance = flex ? new Bounds(1.5, 10) : null,
            };
            yield return Complete(model, flex ? new() { ["input_image_blob_path"] = NativeRule.Text } : new() { ["disable_pup"] = NativeRule.Flag });
        }
    }

    private static IEnumerable<FluxModel> Tools()
    {
        var fill = new FluxModel(Image("flux-pro-1.0-fill", 0.05m, "inpainting", "image-to-image"))
        {
            ImageField = "image", TakesMask = true, Upsampling = true, Prompt = FluxPrompt.Optional,
            Steps = new Bounds(15, 50), Guidance = new Bounds(1.5, 100), Required = [new("image", "parameters.image")],
        };
        yield return Complete(fill);

        // Served by https://api.us1.bfl.ai only.
        yield return Complete(fill with
        {
            Info = Image("flux-pro-1.0-fill-finetuned", null, "inpainting", "image-to-image", "lora"),
            Required = [new("image", "parameters.image"), Finetune],
        });
        yield return Complete(
            fill with { Info = Image("flux-pro-1.0-expand", 0.05m, "outpainting", "image-to-image"), TakesMask = false },
            FluxRules.Sides.ToDictionary(side => side, _ => NativeRule.Whole(0, 2048)));
    }

    private static IEnumerable<FluxModel> Legacy()
    {
        var pro = new FluxModel(Gone("flux-pro", "text-to-image")) { Grid = s_flux1, Upsampling = true };
        yield return Complete(pro);
        yield return Complete(pro with { Info = Gone("flux-pro-finetuned", "text-to-image", "lora"), Required = [Finetune] });

        var control = new FluxModel(Gone("flux-pro-1.0-depth", "controlnet"))
        {
            TakesControlImage = true, Steps = new Bounds(15, 50), Guidance = new Bounds(1, 100), Required = [Control],
        };
        var threshold = NativeRule.Whole(0, 500);
        Dictionary<string, NativeRule> canny = new() { ["canny_low_threshold"] = threshold, ["canny_high_threshold"] = threshold };
        yield return Complete(control with { Info = Gone("flux-pro-1.0-canny", "controlnet") }, canny);
        yield return Complete(control);
        yield return Complete(
            control with { Info = Gone("flux-pro-1.0-canny-finetuned", "controlnet", "lora"), Required = [Control, Finetune] }, canny);
        yield return Complete(control with { Info = Gone("flux-pro-1.0-depth-finetuned", "controlnet", "lora"), Required = [Control, Finetune] });
    }

    private static RequiredField Finetune => new("finetune_id", "parameters.flux.finetune_id");

    private static RequiredField Control => new("control_image", "parameters.control_image", "preprocessed_image");

    private static ModelInfo Image(string id, decimal? price, params string[] capabilities) => new(id, MediaType.Image)
    {
        Capabilities = capabilities,
        Price = price is null ? null : new ModelPrice(PerResult: price),
    };

    private static ModelInfo Gone(string id, params string[] capabilities) => Image(id, null, capabilities) with { Retired = s_goneFromSpec };

    private static FluxModel Complete(FluxModel model, Dictionary<string, NativeRule>? own = null) => model with
    {
        Rules = FluxRules.For(model, own ?? []),
        Info = model.Info with { Limits = LimitsOf(model) },
    };

    // One megapixel and four: what comes back for the shapes that have whole sides.
    private static string[] SizesOf(string id) => id.StartsWith("flux-kontext-", StringComparison.Ordinal) ? ["1024x1024", "1248x832", "832x1248"]
        : id.StartsWith("flux-pro-1.1-ultra", StringComparison.Ordinal) ? ["2048x2048", "2496x1664", "1664x2496"]
        : [];

    private static ModelLimits LimitsOf(FluxModel model)
    {
        var video = model.Id == Video;
        return new ModelLimits
        {
            MaxWidth = model.Grid?.Max,
            MaxHeight = model.Grid?.Max,
            SideStep = model.Grid?.Step,
            MinSide = model.Grid?.Min,
            MaxArea = model.Grid?.MaxArea,
            SizeIsFixed = model.Grid is null && model.Ratios.Count == 0,
            AspectRatios = [.. model.Ratios.Select(r => r.ToString())],
            ShapeSizes = SizesOf(model.Id),
            InputTypes = s_inputTypes,
            Resolutions = video ? ["720p", "1080p"] : [],
            MinDuration = video ? FluxVideoMapping.Shortest : null,
            MaxDuration = video ? FluxVideoMapping.Longest : null,
            MaxResults = 1,
            MaxInputImages = video ? 2 : model.ImageField is null ? model.TakesControlImage ? 1 : 0 : model.MaxImages,
        };
    }
}
