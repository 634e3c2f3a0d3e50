using System.Text.Json;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.FastApi;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Pika;

/// <summary>An accepted request.</summary>
/// <param name="Id">A UUID.</param>
/// <param name="Endpoint">The endpoint that runs it.</param>
/// <param name="Prompt">Empty when it has none.</param>
/// <param name="Faults">What the runner finds wrong with the input. It is accepted all the same, and fails when its turn has come.</param>
/// <param name="Clock">When it runs and how it ends.</param>
internal sealed record PikaJob(string Id, PikaEndpoint Endpoint, string Prompt, IReadOnlyList<Fault> Faults, CancellableTimeline Clock) : IStandInJob
{
    /// <summary>Documented: files stay at least seven days.</summary>
    public static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(7);

    public JobTimeline Timeline => Clock.Current;

    public required (int Width, int Height) Size { get; init; }

    /// <summary>What came in, with links in the place of media that came as bytes.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>How long the file stays.</summary>
    public required TimeSpan Lifetime { get; init; }

    public byte[] Clip() => ClipShelf.Take(Size.Width, Size.Height, $"pika {Id}");

    /// <summary>Why it failed; null while it has not ended, and after a success.</summary>
    public PikaFailure? FailureAt(DateTimeOffset now) =>
        Timeline.PhaseAt(now) != JobPhase.Done ? null
        : Timeline.Ending == JobEnding.Cancelled ? PikaFailure.Cancelled
        : Faults.Count > 0 ? PikaFailure.Invalid(Faults)
        : Timeline.Ending switch
        {
            JobEnding.Moderated => PikaFailure.Moderated,
            JobEnding.Error => PikaFailure.Internal,
            _ => null,
        };

    /// <summary>The shape asked for, else that of the first image when it is at hand, else 16:9.</summary>
    public static (int Width, int Height) SizeOf(PikaEndpoint endpoint, JsonElement body)
    {
        var shorter = (body.Text("resolution") ?? endpoint.Resolution) == "1080p" ? 1080 : 720;
        var (width, height) = Shape(body.Text("aspect_ratio")) ?? ImageShape(body) ?? (16, 9);
        return width >= height ? (Even((double)shorter * width / height), shorter) : (shorter, Even((double)shorter * height / width));
    }

    private static (int Width, int Height)? Shape(string? ratio) =>
        ratio is [var width, ':', var height] ? (width - '0', height - '0') : ratio switch { "16:9" => (16, 9), "9:16" => (9, 16), _ => null };

    private static (int Width, int Height)? ImageShape(JsonElement body) =>
        body.Text("image_url") is { } uri && uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
        && ImageProbe.FromBase64(uri.AsSpan(uri.IndexOf(',') + 1)) is { } bytes
            ? ImageProbe.SizeOf(bytes)
            : null;

    private static int Even(double side) => (int)Math.Round(side / 2) * 2;
}
