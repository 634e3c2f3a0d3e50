namespace Framegate.Sandbox.Sora;

/// <summary>What a valid submit asks for.</summary>
internal sealed record SoraOrder(string Model, string Prompt, string Size, int Seconds)
{
    public string? RemixedFrom { get; init; }

    /// <summary>How often the clip has been extended.</summary>
    public int Extensions { get; init; }
}
