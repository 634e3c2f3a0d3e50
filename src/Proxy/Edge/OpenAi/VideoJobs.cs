using System.Globalization;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>Shows generations as video jobs; whether they were made here or through <c>/generations</c> makes no difference.</summary>
internal sealed class VideoJobs(GenerationService generations, ModelCatalogue catalogue, TimeProvider time)
{
    /// <summary>What a size is called that nobody has asked for and the provider has not chosen yet.</summary>
    private const string NotKnownYet = "auto";

    /// <summary>A client's video that it has not deleted.</summary>
    public async ValueTask<FoundVideo?> FindAsync(string id, string client, CancellationToken cancellationToken) =>
        await generations.FindAsync(id, client, cancellationToken) is var (state, running) && !state.Hidden && IsVideo(state)
            ? new FoundVideo(state, running, Show(state, VideoFacts.Unpack(state.Attachment)))
            : null;

    /// <summary>Whether a generation makes, or has made, a video.</summary>
    public bool IsVideo(GenerationState state) => state.Result?.Media is { Count: > 0 } media
        ? media.Any(m => m.Type == MediaType.Video)
        : catalogue.Find(state.Provider, state.Model)?.MediaType == MediaType.Video;

    /// <summary>A generation as a video job.</summary>
    public VideoJob Show(GenerationState state, VideoFacts? facts)
    {
        var video = state.Result?.Media.FirstOrDefault(m => m.Type == MediaType.Video);
        var done = state.Status == GenerationStatus.Success;
        var error = done ? null : ErrorOf(state);
        return new VideoJob(
            state.ShownId,
            "video",
            facts?.Model ?? $"{state.Provider}/{state.Model}",
            done ? "completed" : error is not null ? "failed" : state.Phase is GenerationPhase.Queued or GenerationPhase.Submitting ? "queued" : "in_progress",
            done ? 100 : (int)Math.Clamp((state.Progress ?? 0) * 100, 0, 99),
            state.CreatedAt.ToUnixTimeSeconds(),
            done ? state.FinishedAt?.ToUnixTimeSeconds() : null,
            video?.ExpiresAt?.ToUnixTimeSeconds(),
            facts?.Prompt,
            facts?.Size ?? (video is { Width: { } width, Height: { } height } ? new PixelCount(width, height).ToString() : NotKnownYet),
            facts?.Seconds ?? Math.Round(video?.Duration ?? 0).ToString(CultureInfo.InvariantCulture),
            facts?.RemixedFrom,
            error is null ? null : OpenAiErrors.OfJob(error));
    }

    // A job that is still followed may end well: nobody waits on a connection here, so it is not called failed before it is over.
    private GenerationError? ErrorOf(GenerationState state) =>
        !state.IsOpen || state.CancelRequested ? state.Error
        : state.Job is null && time.GetUtcNow() >= state.Deadline ? Failures.DeadlinePassed(state, time.GetUtcNow())
        : null;
}
