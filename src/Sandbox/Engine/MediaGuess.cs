using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Engine;

/// <summary>What a model of a market place makes, guessed by its name; a stand-in has no list of a thousand models.</summary>
internal static class MediaGuess
{
    private static readonly string[] s_audio = ["tts", "speech", "music", "audio", "sound", "bark", "riffusion", "voice", "elevenlabs", "lyria", "kokoro"];

    private static readonly string[] s_video =
    [
        "video", "veo", "kling", "seedance", "hailuo", "sora", "ray-", "ray2", "luma", "gen4", "pixverse", "ltx", "wan-", "wan/", "minimax/h3", "hunyuan", "pika",
        "mochi", "runway", "animate",
    ];

    private static readonly string[] s_text = ["llama", "gpt-", "claude", "gemini-2.5-flash", "gemini-3-pro", "gemini-3.8", "deepseek", "mistral", "granite",
        "qwen3", "grok-4", "any-llm", "o4-mini"];

    private static readonly string[] s_image = ["image", "flux", "imagen", "banana", "seedream", "text-to-image", "photon", "ideogram", "recraft", "sdxl",
        "stable-diffusion"];

    public static PieceKind Of(string model)
    {
        var isImage = Has(model, s_image) && !model.Contains("image-to-video", StringComparison.Ordinal);
        return Has(model, s_audio) ? PieceKind.Audio : isImage ? PieceKind.Image : Has(model, s_video) ? PieceKind.Video : Has(model, s_text) ? PieceKind.Text
            : PieceKind.Image;
    }

    /// <summary>True for a name that no sandbox knows: one that states so itself.</summary>
    public static bool IsNothing(string model) => Has(model, ["nope", "no-such", "unknown", "does-not-exist"]);

    private static bool Has(string model, string[] words) => words.Any(w => model.Contains(w, StringComparison.OrdinalIgnoreCase));
}
