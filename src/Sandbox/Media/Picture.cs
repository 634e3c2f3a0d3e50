namespace Framegate.Sandbox.Media;

/// <summary>What to draw.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Width">Pixels, at least 1.</param>
/// <param name="Height">Pixels, at least 1.</param>
/// <param name="Seed">Decides the colours.</param>
internal sealed record Picture(string Text, int Width, int Height, long Seed)
{
    /// <summary>Frames side by side; more than 1 makes a sprite sheet.</summary>
    public int Columns { get; init; } = 1;

    /// <summary>Frames one below the other.</summary>
    public int Rows { get; init; } = 1;
}
