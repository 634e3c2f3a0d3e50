using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>The Sora 2 models (OpenAI's OpenAPI document 2.3.0 and its video generation guide), prices per second of output.</summary>
/// <remarks>OpenAI switched them off; the dialect is still spoken by other vendors.</remarks>
internal static class SoraModels
{
    /// <summary>What the provider takes when a request specifies none.</summary>
    public const string DefaultSize = "720x1280";

    /// <summary>What the provider takes when a request specifies none.</summary>
    public const int DefaultSeconds = 4;

    private static readonly DateOnly s_retired = new(2026, 9, 24);

    private static readonly Dictionary<string, decimal> s_base = new() { ["720x1280"] = 0.10m, ["1280x720"] = 0.10m };

    private static readonly Dictionary<string, decimal> s_pro = new()
    {
        ["720x1280"] = 0.30m,
        ["1280x720"] = 0.30m,
        ["1024x1792"] = 0.50m,
        ["1792x1024"] = 0.50m,
        ["1080x1920"] = 0.70m,
        ["1920x1080"] = 0.70m,
    };

    public static IReadOnlyList<ModelInfo> All { get; } =
    [
        Model("sora-2", s_base), Model("sora-2-2025-10-06", s_base), Model("sora-2-2025-12-08", s_base),
        Model("sora-2-pro", s_pro), Model("sora-2-pro-2025-10-06", s_pro),
    ];

    /// <summary>4, 8 and 12 by OpenAI's OpenAPI document; its guide allows 16 and 20 as well.</summary>
    public static IReadOnlyList<int> Seconds { get; } = [4, 8, 12, 16, 20];

    /// <summary>Cheapest first, and of two equally dear ones the provider's own default.</summary>
    public static IReadOnlyList<PixelSize> SizesOf(ModelInfo model) => IsPro(model) ? s_proSizes : s_baseSizes;

    /// <summary>The price of a second; null when it depends on a size nobody named.</summary>
    public static decimal? PricePerSecond(ModelInfo model, string? size) =>
        size is null ? (IsPro(model) ? null : model.Price?.PerSecond)
        : model.Price?.PerSecondBySize is { } bySize && bySize.TryGetValue(size, out var price) ? price
        : model.Price?.PerSecond;

    private static readonly PixelSize[] s_baseSizes = PixelSize.List("720p", "720:1280 1280:720");

    private static readonly PixelSize[] s_proSizes =
        [.. s_baseSizes, .. PixelSize.List("1024p", "1024:1792 1792:1024"), .. PixelSize.List("1080p", "1080:1920 1920:1080")];

    private static bool IsPro(ModelInfo model) => model.Id.StartsWith("sora-2-pro", StringComparison.Ordinal);

    private static ModelInfo Model(string id, Dictionary<string, decimal> prices) => new(id, MediaType.Video)
    {
        // Extending and changing work on the provider's own videos, named by their id.
        Capabilities = ["text-to-video", "image-to-video", "video-to-video", "extend", "audio"],
        FetchesUrls = true,
        Retired = s_retired,
        Limits = new ModelLimits
        {
            Sizes = [.. prices.Keys], AspectRatios = prices.Count == 2 ? ["9:16", "16:9"] : ["9:16", "16:9", "4:7", "7:4"],
            Durations = [4, 8, 12, 16, 20], MinDuration = 4, MaxDuration = 20, MaxPromptLength = 32_000, MaxResults = 1, MaxInputImages = 1, InputTypes = ModelLimits.UsualInputTypes,
        },
        Price = new ModelPrice(PerSecond: prices[DefaultSize], PerSecondBySize: prices),
    };
}
