using System.Collections.Frozen;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>Pika's endpoints at fal.ai (npm <c>@fal-ai/client</c> 1.10.1, per-model OpenAPI documents and model pages).</summary>
internal static class PikaModels
{
    /// <summary>What every endpoint id begins with; short ids leave it out.</summary>
    public const string Prefix = "fal-ai/pika/";

    /// <summary>The longest clip of key frames, seconds.</summary>
    public const int MaxTransitions = 25;

    /// <summary>A transition without a length, and a clip without one, seconds.</summary>
    public const int DefaultSeconds = 5;

    private const string Listed = "fal.ai/models/fal-ai/pika, llms.txt, read November 2026";

    private static readonly ModelPrice s_v22 = new(PerSecond: 0.04m, PerSecondBySize: new Dictionary<string, decimal> { ["720p"] = 0.04m, ["1080p"] = 0.09m });

    // A third party's observation.
    private static readonly ModelPrice s_frames = new(PerSecond: 0.04m, PerSecondBySize: new Dictionary<string, decimal> { ["720p"] = 0.04m, ["1080p"] = 0.06m });

    public static IReadOnlyList<string> Ratios { get; } = ["16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3"];

    public static IReadOnlyList<string> Resolutions { get; } = ["720p", "1080p"];

    public static IReadOnlyList<string> Effects { get; } =
    [
        "Cake-ify", "Crumble", "Crush", "Decapitate", "Deflate", "Dissolve", "Explode", "Eye-pop", "Inflate", "Levitate", "Melt", "Peel", "Poke",
        "Squish", "Ta-da", "Tear",
    ];

    public static IReadOnlyList<PikaModel> All { get; } =
    [
        Text("v2.2/text-to-video", PikaLength.FiveOrTen, s_v22),
        Image("v2.2/image-to-video", PikaLength.FiveOrTen, s_v22),
        new(Info("v2.2/pikascenes", s_v22, "image-to-video"))
        {
            TakesRatio = true, TakesResolution = true, DefaultResolution = "1080p", Length = PikaLength.FiveOrTen, Images = PikaImages.Ingredients,
            Own = Rules(("ingredients_mode", NativeRule.OneOf("precise", "creative"))),
        },
        new(Info("v2.2/pikaframes", s_frames, "image-to-video"))
        {
            PromptRequired = false, TakesResolution = true, Length = PikaLength.Transitions, Images = PikaImages.Frames,
            Own = Rules(("transitions", NativeRule.Where("must be a list of objects with duration and prompt, one fewer than there are images.", AreTransitions))),
        },
        Text("v2.1/text-to-video", PikaLength.Any, new ModelPrice(PerResult: 0.40m) { Source = Listed }),
        Image("v2.1/image-to-video", PikaLength.Any, new ModelPrice(PerResult: 0.40m) { Source = Listed }),
        Text("v2/turbo/text-to-video", PikaLength.Any, new ModelPrice(PerResult: 0.20m) { Source = Listed }),
        Image("v2/turbo/image-to-video", PikaLength.Any, new ModelPrice(PerResult: 0.20m) { Source = Listed }),
        new(Info("v2/pikadditions", new ModelPrice(PerResult: 0.465m) { Source = "fal's prices, as quoted on 14 May 2026" }, "video-to-video")) { PromptRequired = false, Images = PikaImages.One, TakesVideo = true },
        new(Info("v1.5/pikaffects", null, "image-to-video"))
        {
            PromptRequired = false, Images = PikaImages.One, Own = Rules(("pikaffect", NativeRule.OneOf([.. Effects]))),
        },

        // Its price is a third party's observation too.
        new(Info("v2/pikaswaps", new ModelPrice(PerResult: 0.47m), "video-to-video"))
        {
            PromptRequired = false, Images = PikaImages.Optional, TakesVideo = true, SchemaKnown = false,
        },
    ];

    public static IReadOnlyList<ModelInfo> Infos { get; } = [.. All.Select(m => m.Info)];

    private static readonly FrozenDictionary<string, PikaModel> s_byId = All.ToFrozenDictionary(m => m.Id, StringComparer.Ordinal);

    public static PikaModel Of(ModelInfo model) => s_byId.GetValueOrDefault(model.Id)
        ?? throw new ArgumentException($"'{model.Id}' is no endpoint of Pika.", nameof(model));

    /// <summary>An endpoint by its id, with or without <see cref="Prefix"/>.</summary>
    public static ModelInfo? Find(string id) => (s_byId.GetValueOrDefault(id) ?? s_byId.GetValueOrDefault(Prefix + id))?.Info;

    private static PikaModel Text(string id, PikaLength length, ModelPrice? price) =>
        new(Info(id, price, "text-to-video")) { TakesRatio = true, TakesResolution = true, Length = length };

    private static PikaModel Image(string id, PikaLength length, ModelPrice? price) =>
        new(Info(id, price, "image-to-video")) { TakesResolution = true, Length = length, Images = PikaImages.One };

    private static ModelInfo Info(string id, ModelPrice? price, string capability)
    {
        var plain = id.Contains("-to-video", StringComparison.Ordinal);
        var (scenes, frames) = (id.EndsWith("pikascenes", StringComparison.Ordinal), id.EndsWith("pikaframes", StringComparison.Ordinal));
        return new ModelInfo(Prefix + id, MediaType.Video)
        {
            Capabilities = [capability],
            FetchesUrls = true,
            Price = price,
            Limits = new ModelLimits
            {
                SizeIsFixed = capability != "text-to-video" && !scenes,
                AspectRatios = capability == "text-to-video" || scenes ? Ratios : [],
                Resolutions = plain || scenes || frames ? Resolutions : [],
                Durations = id.StartsWith("v2.2", StringComparison.Ordinal) && !frames ? [5, 10] : [],
                MaxDuration = frames ? MaxTransitions : null,
                MaxResults = 1,
                MaxInputImages = frames ? 5 : scenes ? null : capability == "text-to-video" ? 0 : 1,
                InputTypes = [.. ModelLimits.UsualInputTypes, "image/gif"],
            },
        };
    }

    private static Dictionary<string, NativeRule> Rules(params (string Name, NativeRule Rule)[] rules) => rules.ToDictionary(r => r.Name, r => r.Rule);

    private static bool AreTransitions(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is >= 1 and <= 4
        && value.Items().All(t => t.ValueKind == JsonValueKind.Object
            && (t.Member("duration").ValueKind == JsonValueKind.Undefined || t.Member("duration").Number() is > 0 and <= MaxTransitions)
            && (t.Member("prompt").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || t.Member("prompt").Text() is not null));
}
