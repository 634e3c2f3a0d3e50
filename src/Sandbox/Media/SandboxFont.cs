using SkiaSharp;

namespace Framegate.Sandbox.Media;

/// <summary>DejaVu Sans, embedded: the Skia build in use knows no system fonts.</summary>
/// <remarks>Letters that it lacks (emoji, CJK) are drawn as empty boxes.</remarks>
internal static class SandboxFont
{
    public static SKTypeface Typeface { get; } = Load();

    private static SKTypeface Load()
    {
        using var data = SKData.CreateCopy(EmbeddedAsset.Read("DejaVuSans.ttf"));
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException("The embedded font cannot be read.");
    }
}
