using System.Text.Json.Nodes;

namespace Framegate.Sandbox.OpenAi;

/// <summary>What is on sale in November 2026.</summary>
internal static class OpenAiModels
{
    public static readonly string[] Images =
    [
        "gpt-image-2.6-sunburst", "gpt-image-2.6-flare", "gpt-image-2.5-sunburst", "gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.5-flare",
        "gpt-image-2.5-flare-2026-09-08", "gpt-image-2",
        "gpt-image-2-2026-04-21", "gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest",
    ];

    public static readonly string[] Text = ["gpt-5.5", "gpt-5.5-mini", "gpt-5.1", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-4.1", "gpt-4.1-mini", "gpt-4o",
        "gpt-4o-mini", "o4-mini", "o3"];

    public static readonly string[] Speech = ["tts-1", "tts-1-hd", "gpt-4o-mini-tts", "gpt-4o-mini-tts-2025-12-15"];

    public static IEnumerable<string> All => [.. Images, .. Text, .. Speech];

    /// <summary>Free sizes, and the qualities above high, came with the second generation.</summary>
    public static bool IsSecond(string model) => model.StartsWith("gpt-image-2", StringComparison.Ordinal);

    public static JsonNode Describe(string model) => new JsonObject
    {
        ["id"] = model, ["object"] = "model", ["created"] = 1_757_289_600, ["owned_by"] = "system",
        ["shutdown_date"] = Speech.Contains(model) ? "2027-01-06" : null,
    };
}
