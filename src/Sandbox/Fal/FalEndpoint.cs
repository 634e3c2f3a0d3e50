using System.Text.Json;
using Framegate.Sandbox.FastApi;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Fal;

/// <summary>One endpoint id on fal.</summary>
/// <param name="Id">For example <c>fal-ai/pika/v2.2/text-to-video</c>.</param>
/// <param name="Fields">What it takes; fields that are not listed are ignored.</param>
internal sealed record FalEndpoint(string Id, IReadOnlyList<Field> Fields)
{
    public PieceKind Kind { get; init; } = PieceKind.Video;

    /// <summary>All endpoints of an application share one path for their requests: fal drops what follows owner and alias.</summary>
    public string Application { get; } = ApplicationOf(Id);

    public string Resolution { get; init; } = "720p";

    /// <summary>US dollars (pika.md, section 12; fal.md, section 10); 0.20 where no price is known.</summary>
    public double UnitPrice { get; init; } = 0.20;

    /// <summary>What the price is for.</summary>
    public string Unit { get; init; } = "video";

    /// <summary>True where the result is the member <c>image</c> and not the list <c>images</c>.</summary>
    public bool IsSingle { get; init; }

    /// <summary>A rule between fields, for a body whose fields are right by themselves.</summary>
    public Func<JsonElement, Issue?> Relation { get; init; } = _ => null;

    private static string ApplicationOf(string id)
    {
        var parts = id.Split('/');
        return string.Join('/', parts.Take(parts[0] is "workflows" or "comfy" ? 3 : 2));
    }
}
