using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Flux;

/// <summary>One model route.</summary>
/// <param name="Name">The path segment after <c>/v1/</c>.</param>
/// <param name="Fields">What the body may hold.</param>
/// <param name="Size">Output pixels for a checked body.</param>
/// <param name="Cost">Credits (1 credit = USD 0.01) for a checked body, input megapixels and output megapixels.</param>
internal sealed record FluxModel(
    string Name, IReadOnlyList<Field> Fields, Func<FluxBody, (int Width, int Height)> Size, Func<FluxBody, double, double, double> Cost)
{
    /// <summary>Unknown fields are refused (FLUX 3) instead of ignored.</summary>
    public bool Strict { get; init; }

    /// <summary>Makes an MP4, and settles the cost at the end (FLUX 3).</summary>
    public bool IsVideo { get; init; }

    /// <summary>The only cluster that serves it; null for any.</summary>
    public string? Region { get; init; }

    /// <summary>A rule over several fields; null when it holds.</summary>
    public Func<FluxBody, Issue?> Relation { get; init; } = _ => null;

    /// <summary>Fields that can hold an input image.</summary>
    public IReadOnlyList<string> ImageInputs { get; init; } = [];
}
