using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.FastApi;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Fal;

/// <summary>An accepted request.</summary>
/// <param name="Id">A UUID.</param>
/// <param name="Endpoint">The endpoint that runs it.</param>
/// <param name="Prompt">Empty when it has none.</param>
/// <param name="Faults">What the runner finds wrong with the input. It is accepted all the same, and fails when its turn has come.</param>
/// <param name="Clock">When it runs and how it ends.</param>
internal sealed record FalJob(string Id, FalEndpoint Endpoint, string Prompt, IReadOnlyList<Fault> Faults, CancellableTimeline Clock) : IStandInJob
{
    /// <summary>Documented: files stay at least seven days.</summary>
    public static readonly TimeSpan UsualLifetime = TimeSpan.FromDays(7);

    public JobTimeline Timeline => Clock.Current;

    /// <summary>The files of a success.</summary>
    public required IReadOnlyList<Piece> Pieces { get; init; }

    public required int Seed { get; init; }

    public required MagicPrompt Magic { get; init; }

    /// <summary>What came in, with links in the place of media that came as bytes.</summary>
    public required JsonElement Input { get; init; }

    /// <summary>How long the files stay.</summary>
    public required TimeSpan Lifetime { get; init; }

    public Task<byte[]> DrawAsync(ImagePainter painter, int index, CancellationToken cancel) => Pieces[index].MakeAsync(painter, $"fal {Id}", Prompt, Seed + index, cancel);

    /// <summary>Why it failed; null while it has not ended, and after a success.</summary>
    public FalFailure? FailureAt(DateTimeOffset now) =>
        Timeline.PhaseAt(now) != JobPhase.Done ? null
        : Timeline.Ending == JobEnding.Cancelled ? FalFailure.Cancelled
        : Faults.Count > 0 ? FalFailure.Invalid(Faults)
        : Magic.Fail is { } asked ? FalFailure.Asked(asked)
        : Magic.Expires ? FalFailure.TimedOut
        : Timeline.Ending switch
        {
            JobEnding.Moderated => FalFailure.Moderated,
            JobEnding.Error => FalFailure.Internal,
            _ => null,
        };

    /// <summary>The result of a success.</summary>
    /// <param name="link">The address of a file.</param>
    public JsonObject Result(Func<int, string> link)
    {
        if (Endpoint.Kind != PieceKind.Image)
        {
            var file = File(link, 0);
            file["file_name"] = "output." + Pieces[0].Extension;
            file["file_size"] = Pieces[0].Recorded($"fal {Id}").Length;
            return new() { [Endpoint.Kind == PieceKind.Video ? "video" : "audio"] = file };
        }

        if (Endpoint.IsSingle)
        {
            return new() { ["image"] = File(link, 0) };
        }

        return new()
        {
            ["images"] = new JsonArray([.. Pieces.Select((_, i) => File(link, i))]),
            ["timings"] = new JsonObject { ["inference"] = Math.Max((Timeline.DoneAt - Timeline.StartsAt).TotalSeconds, 0) },
            ["seed"] = Seed,
            ["has_nsfw_concepts"] = new JsonArray([.. Pieces.Select((_, i) => JsonValue.Create(i < Magic.Filtered))]),
            ["prompt"] = Prompt,
        };
    }

    private JsonObject File(Func<int, string> link, int index)
    {
        var file = new JsonObject { ["url"] = link(index), ["content_type"] = Pieces[index].ContentType };
        if (Pieces[index].Kind == PieceKind.Image)
        {
            file["width"] = Pieces[index].Width;
            file["height"] = Pieces[index].Height;
        }

        return file;
    }
}
