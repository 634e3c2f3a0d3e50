using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Tests;

/// <summary>Builds unified requests from the short notation of the case files: <c>png</c>, <c>webp</c>, <c>gif</c>, <c>jpeg</c> and <c>mp4</c> are inline bytes,
/// <c>stored</c> is something nobody read, anything else is a URL.</summary>
internal static class Unified
{
    public static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==");

    public static readonly byte[] Mp4 = Convert.FromBase64String("AAAAGGZ0eXBtcDQyAAAAAAAAAAAAAAAA");

    public static GenerationRequest Request(string provider, JsonElement unified, MediaType made) => new()
    {
        Provider = provider,
        Model = unified.GetProperty("model").GetString()!,
        Prompt = unified.TryGetProperty("prompt", out var prompt) ? prompt.GetString()! : "A red door",
        MediaType = unified.TryGetProperty("media_type", out var type)
            ? Enum.Parse<MediaType>(type.GetString()!, ignoreCase: true)
            : made,
        Parameters = unified.TryGetProperty("parameters", out var parameters) ? Parameters(parameters) : GenerationParameters.None,
    };

    private static GenerationParameters Parameters(JsonElement p) => new()
    {
        Width = Int(p, "width"),
        Height = Int(p, "height"),
        AspectRatio = Text(p, "aspect_ratio"),
        Resolution = Text(p, "resolution"),
        Duration = Number(p, "duration"),
        Fps = Int(p, "fps"),
        N = Int(p, "n"),
        Seed = p.TryGetProperty("seed", out var seed) ? seed.GetInt64() : null,
        NegativePrompt = Text(p, "negative_prompt"),
        Image = Media(Text(p, "image")),
        LastImage = Media(Text(p, "last_image")),
        Mask = Media(Text(p, "mask")),
        ControlImage = Media(Text(p, "control_image")),
        ReferenceImages = p.TryGetProperty("reference_images", out var list) ? [.. list.EnumerateArray().Select(i => Media(i.GetString())!)] : [],
        Video = Media(Text(p, "video")),
        Strength = Number(p, "strength"),
        Guidance = Number(p, "guidance"),
        Steps = Int(p, "steps"),
        OutputFormat = Text(p, "output_format"),
        Audio = Flag(p, "audio"),
        Voice = Text(p, "voice"),
        EnhancePrompt = Flag(p, "enhance_prompt"),
        Safety = Int(p, "safety"),
        Native = p.EnumerateObject().Where(x => x.Value.ValueKind == JsonValueKind.Object).ToDictionary(x => x.Name, x => x.Value.Clone()),
    };

    public static MediaInput? Media(string? text) => text switch
    {
        null => null,
        "png" => MediaInput.FromBytes(Png, "image/png"),
        "webp" => MediaInput.FromBytes(Png, "image/webp"),
        "gif" => MediaInput.FromBytes(Png, "image/gif"),
        "mp4" => MediaInput.FromBytes(Mp4, "video/mp4"),
        "jpeg" => MediaInput.FromBytes(Png, "image/jpeg"),
        "large" => MediaInput.FromBytes(new byte[(20 * 1024 * 1024) + 1], "image/png"),
        "stored" => MediaInput.FromStore("abc"),
        _ => MediaInput.FromUrl(new Uri(text)),
    };

    private static int? Int(JsonElement p, string name) => p.TryGetProperty(name, out var v) ? v.GetInt32() : null;

    private static double? Number(JsonElement p, string name) => p.TryGetProperty(name, out var v) ? v.GetDouble() : null;

    private static string? Text(JsonElement p, string name) => p.TryGetProperty(name, out var v) ? v.GetString() : null;

    private static bool? Flag(JsonElement p, string name) => p.TryGetProperty(name, out var v) ? v.GetBoolean() : null;
}
