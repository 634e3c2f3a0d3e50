namespace Framegate.Sandbox.Veo;

/// <summary>What one model takes.</summary>
/// <param name="Id">The native id.</param>
/// <param name="Generation">2 or 3; Veo 2 is silent and has no resolution field.</param>
/// <param name="Resolutions">Empty when the field itself is refused.</param>
internal sealed record VeoModel(string Id, int Generation, IReadOnlyList<string> Resolutions)
{
    public int MaxSamples { get; init; } = 1;

    public bool LastFrame { get; init; }

    /// <summary>Takes up to three asset images.</summary>
    public bool Assets { get; init; }

    /// <summary>Takes a style image, and masks.</summary>
    public bool Styles { get; init; }

    /// <summary>Can continue a video.</summary>
    public bool Extends { get; init; }

    /// <summary>Some 3.1 models of the Gemini API refuse the field; which ones is not documented. Here it is one, so that both can be tried.</summary>
    public bool RefusesNegativePrompt { get; init; }

    /// <summary>Veo 3 takes 4, 6 and 8 s though its message reads "between 4 and 8"; Veo 2 takes 5 to 8 s.</summary>
    public bool TakesSeconds(int seconds) => Generation == 2 ? seconds is >= 5 and <= 8 : seconds is 4 or 6 or 8;
}
