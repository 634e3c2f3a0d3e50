using System.Text.Json;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Runway;

/// <summary>Credits per task, from runway.md, section 12, and the corrections of November 2026. Models without a documented price have a round number of the sandbox's own.</summary>
internal static class RunwayPrices
{
    private const int UnknownPerSecond = 10;

    private const int UnknownPerImage = 5;

    private const int LettersPerCredit = 50;

    /// <summary>A 1080p image of gen4_image costs more than a 720p one; the line lies between 1280x720 and 1024x1024 and above.</summary>
    private const int SmallImage = 1280 * 720;

    public static int Of(RunwayMedia media, string model, JsonElement body, (int Width, int Height) size, double seconds, int count)
    {
        var audio = body.Member("audio")?.ValueKind != JsonValueKind.False;
        return media switch
        {
            RunwayMedia.Image => count * PerImage(model, size),
            RunwayMedia.Audio => Math.Max((body.Text("promptText")?.Length ?? 0) / LettersPerCredit, 1),
            _ => Math.Max(Least(model), (int)Math.Ceiling(seconds * PerSecond(model, audio, Math.Min(size.Width, size.Height)))),
        };
    }

    private static int PerImage(string model, (int Width, int Height) size) => model switch
    {
        "gen4_image" => size.Width * size.Height <= SmallImage ? 5 : 8,
        "gen4_image_turbo" => 2,
        "gemini_2.5_flash" => 5,
        "muse_image" => 1,
        _ => UnknownPerImage,
    };

    private static int Least(string model) => model switch
    {
        "aleph2" => 56,
        "seedance2_5" => 80,
        _ => 0,
    };

    private static int PerSecond(string model, bool audio, int shortSide) => model switch
    {
        "gen4.5" => 12,
        "gen4_turbo" or "act_two" => 5,
        "aleph2" => 28,
        "veo3.1" => audio ? 40 : 20,
        "veo3.1_fast" => audio ? 15 : 10,
        "seedance2" => 36,
        "seedance2_5" => shortSide <= 480 ? 20 : 30,
        "grok_imagine_1_5" => shortSide <= 480 ? 10 : shortSide <= 720 ? 16 : 29,
        _ => UnknownPerSecond,
    };
}
