namespace Framegate.Sandbox.Veo;

/// <summary>What a valid submit asks for.</summary>
internal sealed record VeoOrder(VeoModel Model, string Prompt)
{
    public bool Portrait { get; init; }

    public string Resolution { get; init; } = "720p";

    public int Samples { get; init; } = 1;

    /// <summary>Where on Cloud Storage to write; null answers with the bytes themselves (Vertex).</summary>
    public string? Storage { get; init; }

    public (int Width, int Height) Pixels
    {
        get
        {
            var (longer, shorter) = Resolution switch { "4k" => (3840, 2160), "1080p" => (1920, 1080), _ => (1280, 720) };
            return Portrait ? (shorter, longer) : (longer, shorter);
        }
    }
}
