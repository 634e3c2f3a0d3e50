using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Flux;

/// <summary>An accepted task.</summary>
internal sealed record FluxJob(string Id, FluxModel Model, string Region, string Prompt, JobTimeline Timeline) : IStandInJob
{
    public required (int Width, int Height) Size { get; init; }

    public required long Seed { get; init; }

    public required ImageEncoding Encoding { get; init; }

    /// <summary>In credits.</summary>
    public required double Cost { get; init; }

    /// <summary>True for a submit with a webhook, so that no answer named where to poll: any address knows it then.</summary>
    public bool IsHooked { get; init; }

    /// <summary>A FLUX 3 draft also leaves a cache for a later <c>draft_enhance</c>.</summary>
    public bool IsDraft { get; init; }
}
