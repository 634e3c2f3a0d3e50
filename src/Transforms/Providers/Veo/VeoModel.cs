using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>What a model takes in one of the two dialects.</summary>
internal sealed record VeoModel(ModelInfo Info)
{
    public string Id => Info.Id;

    /// <summary>Veo 2: any whole length from 5 to 8 s, silent, 720p without a field for it.</summary>
    public bool IsVeo2 => Id.StartsWith("veo-2.", StringComparison.Ordinal);

    /// <summary>Size classes, the default first.</summary>
    public IReadOnlyList<string> Resolutions { get; init; } = ["720p", "1080p"];

    public bool LastFrame { get; init; }

    /// <summary>How many images it can be shown to resemble.</summary>
    public int MaxReferences { get; init; }

    public bool Extends { get; init; }

    /// <summary>Whether the experimental fields <c>mask</c> and style references are taken.</summary>
    public bool Experimental { get; init; }

    public int MaxSamples { get; init; } = 1;

    public IReadOnlyList<int> Seconds => IsVeo2 ? s_veo2 : s_veo3;

    private static readonly int[] s_veo2 = [5, 6, 7, 8];

    private static readonly int[] s_veo3 = [4, 6, 8];
}
