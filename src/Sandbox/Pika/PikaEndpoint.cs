using System.Text.Json;
using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Pika;

/// <summary>One endpoint id on fal.</summary>
/// <param name="Id">For example <c>fal-ai/pika/v2.2/text-to-video</c>.</param>
/// <param name="Fields">What it takes; fields that are not listed are ignored.</param>
internal sealed record PikaEndpoint(string Id, IReadOnlyList<Field> Fields)
{
    /// <summary>All endpoints share one path for their requests: fal drops what follows owner and alias.</summary>
    public const string Application = "fal-ai/pika";

    public string Resolution { get; init; } = "720p";

    /// <summary>US dollars (pika.md, section 12); 0.20 where no price is known.</summary>
    public double UnitPrice { get; init; } = 0.20;

    /// <summary>What the price is for.</summary>
    public string Unit { get; init; } = "video";

    /// <summary>A rule between fields, for a body whose fields are right by themselves.</summary>
    public Func<JsonElement, Issue?> Relation { get; init; } = _ => null;
}
