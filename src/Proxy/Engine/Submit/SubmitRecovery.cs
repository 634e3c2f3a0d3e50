using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>What follows a submit that came to nothing: it goes on elsewhere, or here after a pause, or not at all.</summary>
/// <remarks>Every method returns the pause before the next try; null when there is none.</remarks>
internal sealed class SubmitRecovery(
    ProviderTable providers, FallbackPolicy fallback, GenerationWriter writer, IOptionsMonitor<JobsOptions> options, TimeProvider time, Random random,
    ILogger<SubmitRecovery> logger)
{
    /// <summary>Decides, and writes down what was decided.</summary>
    /// <param name="run">What is remembered.</param>
    /// <param name="exchange">The call; null when there was none.</param>
    /// <param name="failure">Why.</param>
    /// <param name="final">True when waiting has no use.</param>
    public async ValueTask<TimeSpan?> RecoverAsync(SubmitRun run, ProviderExchange? exchange, ProviderFailure failure, bool final = false)
    {
        var generation = run.Generation;

        // 1. Nobody knows whether the provider has the job: the finder goes by what there is to go by.
        if (run.Begun && failure.Acceptance == Acceptance.Unknown)
        {
            await writer.WriteAsync(generation, s => Reported(s, AttemptOutcome.Unknown) with { Phase = GenerationPhase.Unknown, SubmitFailure = failure });
            return null;
        }

        var outcome = failure.Acceptance == Acceptance.Yes ? AttemptOutcome.Accepted
            : exchange is null or { Status: 0 } ? AttemptOutcome.Unreachable
            : AttemptOutcome.Refused;
        if (!run.Begun && exchange is not null && (run.Destination?.DestinationId ?? exchange.Suspended?.Destination) is { } destination)
        {
            // Nothing was sent, so that the attempt is not on the disk yet; it counts all the same.
            var attempt = new AttemptReport(exchange.Clusters[0], destination, outcome, failure.Code, failure.Billed, TookMs(exchange)) { Cause = failure.Cause, HttpStatus = exchange.HttpStatusOrNull() };
            generation.Update(s => s with { Attempts = s.AttemptsAnd(attempt) });
        }
        else
        {
            run.EmptySteps += run.Begun ? 0 : 1;
        }

        if (failure.Acceptance == Acceptance.Yes)
        {
            // 2. It had the job, and failed it: another candidate only where that costs nothing twice, or the caller wants it.
            generation.Update(s => Reported(s, outcome));
            if (await fallback.GoOnAsync(generation, failure, CancellationToken.None))
            {
                return TimeSpan.Zero;
            }
        }
        else if (!generation.State.CancelRequested)
        {
            // 3. It certainly has no job: another destination or candidate at once, else the same ones after a pause.
            if (await MoveOnAsync(run, failure, s => Reported(s, outcome)) is { } next)
            {
                return next;
            }

            if (!final && run.Budget.MayRepeat(run.Attempts, failure, generation.Deadline - time.GetUtcNow()))
            {
                run.StartOver();
                await writer.WriteAsync(generation, s => Reported(s, outcome) with { Phase = GenerationPhase.Queued });
                generation.ReleaseLease();
                return PauseOf(run, failure.RetryAfter);
            }
        }

        // 4. Nothing is left.
        var error = Failures.ToError(failure, generation.State.Provider, time.GetUtcNow(), exchange is null or { Status: 0 } ? null : exchange.Status);
        await writer.EndAsync(generation, GenerationPhase.Failed, s => Reported(s, outcome) with
        {
            Error = error,
            FailedAtProvider = exchange is not null || run.Begun || failure.Code == ErrorCode.RateLimitExceeded,
            // A refusal may have been billed, as that of a picture that was made.
            Cost = failure.Billed != Billed.No || s.Spent > 0 ? s.CostAfter(failure) : null,
            CostEstimated = s.CostEstimated && failure.Cost is null && (failure.Billed != Billed.No || s.Spent > 0),
        });
        return null;

        GenerationState Reported(GenerationState s, AttemptOutcome what) => run.Begun
            ? s.WithAttempt(a => a with { Outcome = what, Code = failure.Code, Billed = failure.Billed, DurationMs = TookMs(exchange), Cause = failure.Cause, HttpStatus = exchange.HttpStatusOrNull() })
            : s;
    }

    private static long TookMs(ProviderExchange? exchange) => (long)(exchange?.Elapsed.TotalMilliseconds ?? 0);

    /// <summary>Another destination of the provider, else another candidate, takes over at once.</summary>
    private async ValueTask<TimeSpan?> MoveOnAsync(SubmitRun run, ProviderFailure failure, Func<GenerationState, GenerationState> report)
    {
        var generation = run.Generation;
        if (!run.Budget.MayMoveOn(run.Attempts, failure))
        {
            return null;
        }

        if (run.Destination is not null && failure.Code != ErrorCode.InvalidModel)
        {
            run.TriedDestination();
            if (providers.HasAvailable(generation.State.Provider, run.Refusing!))
            {
                await writer.WriteAsync(generation, s => report(s) with { Phase = GenerationPhase.Queued });
                generation.ReleaseLease();
                return TimeSpan.Zero;
            }
        }

        if (generation.State.Picked is not { } failed)
        {
            return null;
        }

        run.TriedCandidate();
        var from = generation.State.Provider;
        if (await fallback.NextAsync(generation, run.Request, run.Tried, onlyReady: false, CancellationToken.None) is { } fallbackCandidate)
        {
            Log.FellBack(logger, fallbackCandidate.Candidate.Provider, failure.Code, from);
            await HandOverAsync(generation, fallbackCandidate, report, RetryBudget.Excludes(failure) ? failed : null);
            return TimeSpan.Zero;
        }

        // The last of several is out for good: one that was busy a moment ago is tried again after a pause.
        if (RetryBudget.Excludes(failure)
            && await fallback.NextAsync(generation, run.Request, [failed], onlyReady: false, CancellationToken.None) is { } rested)
        {
            run.StartOver();
            await HandOverAsync(generation, rested, report, failed);
            return PauseOf(run, null);
        }

        return null;
    }

    private async ValueTask HandOverAsync(Generation generation, FallbackCandidate to, Func<GenerationState, GenerationState> report, Candidate? excluded)
    {
        generation.Native = to.MappedRequest.Native;
        await writer.WriteAsync(generation, s => to.Of(report(s)) with { ExcludedCandidates = excluded is null ? s.ExcludedCandidates : [.. s.ExcludedCandidates ?? [], excluded] });
        generation.ReleaseLease();
    }

    private TimeSpan PauseOf(SubmitRun run, TimeSpan? asked) => RetryPause.Of(asked, run.Request.Retry, options.CurrentValue, run.Attempts, random.NextDouble());
}
