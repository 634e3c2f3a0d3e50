using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>What follows a submit that came to nothing: it goes on elsewhere, or here after a pause, or not at all.</summary>
/// <remarks>Every method returns the pause before the next try; null when there is none.</remarks>
internal sealed class SubmitRecovery(
    ProviderTable providers, FallbackPolicy fallback, GenerationWriter writer, IOptionsMonitor<JobsOptions> options, IHostApplicationLifetime lifetime,
    TimeProvider time, Random random,
    ILogger<SubmitRecovery> logger)
{
    private const int FailuresBeforeGivingUp = 5;
    private static readonly TimeSpan s_betweenTries = TimeSpan.FromSeconds(1);

    /// <summary>Decides, and writes down what was decided.</summary>
    /// <param name="run">What is remembered.</param>
    /// <param name="exchange">The call; null when there was none.</param>
    /// <param name="failure">Why.</param>
    /// <param name="final">True when waiting has no use.</param>
    public async ValueTask<TimeSpan?> RecoverAsync(SubmitRun run, ProviderExchange? exchange, ProviderFailure failure, bool final = false)
    {
        var refusal = SubmitRefusal.Of(failure, exchange);
        if (run.Begun && failure.Acceptance == Acceptance.Unknown)
        {
            // Nobody knows whether the provider has the job: the finder goes by what there is to go by.
            // Another replica may follow it by now.
            await writer.WriteAsync(run.Generation, s => s.Job is not null ? s : refusal.Reported(s) with { Phase = GenerationPhase.Unknown, SubmitFailure = failure });
            return null;
        }

        if (run.Begun)
        {
            return await AnsweredAsync(run, refusal);
        }

        if (exchange is not null && (run.Destination?.DestinationId ?? exchange.Suspended?.Destination) is { } destination)
        {
            // Nothing was sent, so that the attempt is not on the disk yet; it counts all the same.
            var attempt = new AttemptReport(exchange.Clusters[0], destination, refusal.Outcome, failure.Code, failure.Billed, refusal.TookMs) { Cause = failure.Cause, HttpStatus = refusal.HttpStatus };
            run.Generation.Update(s => s with { Attempts = s.AttemptsAnd(attempt) });
        }
        else
        {
            run.EmptySteps++;
        }

        return await DecideAsync(run, refusal, exchange is not null, final);
    }

    /// <summary>
    /// Decides what follows from an answer by which the submit came to nothing. It stands nowhere else; without that answer the submit counts as lost. What cannot be done while
    /// the store is away is tried until it works. Where another replica drives the generation by now, that one is notified.
    /// </summary>
    /// <param name="run">What is remembered; its attempt is written down.</param>
    /// <param name="refusal">The answer.</param>
    public async ValueTask<TimeSpan?> AnsweredAsync(SubmitRun run, SubmitRefusal refusal)
    {
        for (var failures = 0; ;)
        {
            var tries = run.Tries;
            try
            {
                if (failures < FailuresBeforeGivingUp)
                {
                    return await DecideAsync(run, refusal, wasAsked: true, final: false);
                }

                await EndAsync(run.Generation, refusal);
                return null;
            }
            catch (LeaseLostException)
            {
                await writer.LeaveAsync(run.Generation, refusal, s => Ended(refusal.Reported(s), refusal, wasAsked: true));
                throw;
            }
            catch (Exception e)
            {
                if (e is not NoRoomForBodyException && !StoreUnavailableException.TryLog(logger, e))
                {
                    Log.GenerationStepFailed(logger, e, run.Generation.State.Phase);
                }

                // The answer waits for the store however long that takes, and for room for its inputs no longer than its caller. Its place and its money are held meanwhile.
                if (e is not StoreUnavailableException && (e is not NoRoomForBodyException || IsLate(run.Generation)))
                {
                    failures++;
                }

                // What was not written down has not been tried.
                run.Tries = tries;
                await Pause.ForAsync(s_betweenTries, time, CancellationToken.None);
            }
        }
    }

    private bool IsLate(Generation generation) => generation.Clock.Now >= generation.Deadline || lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Ends a generation whose submit was refused.</summary>
    public async ValueTask EndAsync(Generation generation, SubmitRefusal refusal) =>
        await writer.EndByFactAsync(generation, GenerationPhase.Failed, s => Ended(refusal.Reported(s), refusal, wasAsked: true));

    private async ValueTask<TimeSpan?> DecideAsync(SubmitRun run, SubmitRefusal refusal, bool wasAsked, bool final)
    {
        var (generation, failure) = (run.Generation, refusal.Failure);
        if (failure.Acceptance == Acceptance.Yes)
        {
            // 1. It had the job, and failed it: another candidate only where that costs nothing twice, or the caller wants it.
            generation.Update(Reported);
            if (await fallback.GoOnAsync(generation, failure, CancellationToken.None))
            {
                return TimeSpan.Zero;
            }
        }
        else if (generation.State is { CancelRequested: false, Error: null })
        {
            // 2. It certainly has no job: another destination or candidate at once, else the same ones after a pause.
            if (await MoveOnAsync(run, failure, Reported) is { } next)
            {
                return next;
            }

            if (!final && run.Budget.MayRepeat(run.Attempts, failure, generation.Deadline - generation.Clock.Now))
            {
                await writer.WriteFactAsync(generation, s => Reported(s) with { Phase = GenerationPhase.Queued });
                run.StartOver();
                generation.ReleaseLease();
                return PauseOf(run, failure.RetryAfter);
            }
        }

        // 3. Nothing is left.
        await writer.EndByFactAsync(generation, GenerationPhase.Failed, s => Ended(Reported(s), refusal, wasAsked));
        return null;

        GenerationState Reported(GenerationState s) => run.Begun ? refusal.Reported(s) : s;
    }

    private GenerationState Ended(GenerationState state, SubmitRefusal refusal, bool wasAsked)
    {
        var failure = refusal.Failure;
        return state with
        {
            Error = Failures.ToError(failure, state.Provider, time.GetUtcNow(), refusal.HttpStatus),
            FailedAtProvider = wasAsked || failure.Code == ErrorCode.RateLimitExceeded,

            // A refusal may have been billed, as that of a picture that was made.
            Cost = failure.Billed != Billed.No || state.Spent > 0 ? state.CostAfter(failure) : null,
            CostEstimated = state.CostEstimated && failure.Cost is null && (failure.Billed != Billed.No || state.Spent > 0),
        };
    }

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
                await writer.WriteFactAsync(generation, s => report(s) with { Phase = GenerationPhase.Queued });
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
            await HandOverAsync(generation, fallbackCandidate, report, RetryBudget.Excludes(failure) ? failed : null);
            Log.FellBack(logger, fallbackCandidate.Candidate.Provider, failure.Code, from);
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
        await writer.WriteFactAsync(generation, s => to.Of(report(s)) with { ExcludedCandidates = excluded is null ? s.ExcludedCandidates : [.. s.ExcludedCandidates ?? [], excluded] });

        // Not before: where the write fails, the one before may yet go on at another destination.
        generation.Native = to.MappedRequest.Native;
        generation.ReleaseLease();
    }

    private TimeSpan PauseOf(SubmitRun run, TimeSpan? asked) => RetryPause.Of(asked, run.Request.Retry, options.CurrentValue, run.Attempts, random.NextDouble());
}
