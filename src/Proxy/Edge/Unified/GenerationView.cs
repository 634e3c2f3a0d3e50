using System.Diagnostics;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>Generations as their callers see them.</summary>
internal sealed class GenerationView(HostSettings settings, MediaLinks links, TimeProvider time)
{
    /// <summary>The generation as its caller sees it now.</summary>
    /// <param name="state">The generation.</param>
    /// <param name="baseUrl">The address clients reach Framegate at, for the URLs of media.</param>
    public GenerationResponse Of(GenerationState state, string baseUrl)
    {
        var now = time.GetUtcNow();
        var error = state.Error ?? (state.ClientCancelled ? Failures.CancelledByClient(now) : state.IsOpen && now >= state.Deadline ? Failures.DeadlinePassed(state, now) : null);
        var status = error is null ? state.Status : GenerationStatus.Failed;
        var end = state.FinishedAt ?? now;
        return new GenerationResponse
        {
            RequestId = state.ShownId,
            Provider = state.Provider,
            Model = state.Model,
            Status = status,
            Result = status == GenerationStatus.Success ? WithUrls(state.Result!, baseUrl, links) : null,
            Error = status != GenerationStatus.Failed ? null : error is { Retryable: true } && state.MayBePaid ? error with { Retryable = false } : error,
            Metadata = new ResponseMetadata
            {
                Phase = state.ClientCancelled ? GenerationPhase.Cancelled : state.Phase,
                Progress = state.Progress,
                Warnings = state.Warnings,
                Attempts = state.Attempts,
                Alias = state.Alias,
                Skipped = state.Skipped,
                Queue = QueueOf(state, now),
                Cache = CacheStatus.NameOf(state.Cache),
                Saved = state.Saved,
                CostEstimated = state.CostEstimated ? true : null,
                Sandbox = settings.Sandbox is null ? null : true,
                Request = state.RequestMetadata,
            },
            Timestamp = now,
            ProcessingTimeMs = (long)(end - state.CreatedAt).TotalMilliseconds,
            TokensUsed = state.TokensUsed,
            Cost = state.Cost,
        };
    }

    /// <summary>The generation as somebody sees it who looks at it later: with its times, and what it was asked for with.</summary>
    /// <param name="state">The generation.</param>
    /// <param name="baseUrl">The address clients reach Framegate at, for the URLs of media.</param>
    /// <param name="withClient">Whether whose it is shows too, and the id that it is stored under.</param>
    public GenerationResponse Detailed(GenerationState state, string baseUrl, bool withClient)
    {
        var view = Of(state, baseUrl);
        return view with
        {
            // Two clients may have given the same id.
            RequestId = withClient ? state.Id : view.RequestId,
            Metadata = view.Metadata with
            {
                CreatedAt = state.CreatedAt,
                FinishedAt = state.FinishedAt,
                Asked = state.Asked is not { } asked ? null : new AskedReport(asked.MediaType, asked.Prompt, asked.Parameters, state.CallbackUrl) { PromptHash = asked.PromptHash, Inline = asked.Inline, Cut = asked.Cut },
                Client = withClient ? state.Client : null,
                TraceId = ActivityContext.TryParse(state.TraceParent, null, out var trace) ? trace.TraceId.ToHexString() : null,
            },
        };
    }

    /// <summary>A request that became no generation.</summary>
    public GenerationResponse Of(GenerationError error, string? requestId) => new()
    {
        RequestId = requestId,
        Status = GenerationStatus.Failed,
        Error = error,
        Metadata = new ResponseMetadata { Phase = GenerationPhase.Failed, Sandbox = settings.Sandbox is null ? null : true },
        Timestamp = error.Timestamp,
    };

    private static QueueReport? QueueOf(GenerationState state, DateTimeOffset now) => state.QueuePosition is { } queued && queued.Position is var position
        ? new QueueReport(position, (long)(now - state.CreatedAt).TotalMilliseconds) { EstimatedMs = queued.EstimateOf(position) }
        : state is { Phase: GenerationPhase.Queued, ReportedPlace: { } reported } ? new QueueReport(reported.Position, (long)(now - state.CreatedAt).TotalMilliseconds) { EstimatedMs = reported.EstimatedMs }
        : state.Queue;

    private static GenerationResult WithUrls(GenerationResult result, string baseUrl, MediaLinks links) =>
        result.Media.Count == 0 ? result : result with { Media = [.. result.Media.Select(m => m with { Url = links.Of(baseUrl, m) })] };
}
