using System.Text.Json.Nodes;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Google;

/// <summary>What is alive (google-image.md, section 0).</summary>
internal static class GoogleModels
{
    public static readonly IReadOnlyList<string> All =
    [
        "gemini-nano-banana-2.1", "gemini-3-pro-image", "gemini-3.1-flash-lite-image", "gemini-2.5-flash-image", "gemini-3.8-flash", "gemini-3.8-flash-lite",
        "gemini-3.5-pro", "gemini-2.5-flash",
        "gemini-3.8-flash-tts", "gemini-3.8-flash-lite-tts", "gemini-omni-1.2-flash", "gemini-omni-1.1-flash",
    ];

    /// <summary>Live on Vertex AI only.</summary>
    public const string OnVertex = "gemini-3.1-flash-image";

    public static bool IsRetired(string model) =>
        model.StartsWith("imagen-", StringComparison.Ordinal) || model.EndsWith("-image-preview", StringComparison.Ordinal) || model is OnVertex
            || model.StartsWith("veo-", StringComparison.Ordinal);

    public static PieceKind KindOf(string model) => model.Contains("tts", StringComparison.Ordinal) ? PieceKind.Audio
        : model.Contains("image", StringComparison.Ordinal) || model.Contains("banana", StringComparison.Ordinal) ? PieceKind.Image
        : model.Contains("omni", StringComparison.Ordinal) ? PieceKind.Video
        : PieceKind.Text;

    public static JsonNode Describe(string model) => new JsonObject
    {
        ["name"] = "models/" + model, ["version"] = "001", ["displayName"] = model, ["inputTokenLimit"] = 65_536, ["outputTokenLimit"] = 32_768,
        ["supportedGenerationMethods"] = new JsonArray("generateContent", "countTokens"),
    };
}
