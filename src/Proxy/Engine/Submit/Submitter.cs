using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Collect;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Selection.Limits;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Forwarding;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>
/// Sends the native submit. The attempt is written down before it is sent; it is repeated, or sent to another candidate, only when the
/// provider certainly has no job.
/// </summary>
internal sealed class Submitter(
    YarpEgress egress,
    ProviderTable providers,
    ProviderLimiters limiters,
    WaitForCapacity capacity,
    RequestMapper mapper,
    FallbackPolicy fallback,
    RetryPauses pauses,
    ResultCollector collector,
    GenerationWriter writer,
    FramegateMetrics metrics,
    IOptions<JobsOptions> options,
    TimeProvider time,
    ILogger<Submitter> logger) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(options.Value.SubmitParallelism);

    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        if (generation.Request is not { } request)
        {
            await writer.FailAsync(generation, Failures.Gone(generation.State, time.GetUtcNow()), atProvider: false);
            return;
        }

        var run = new SubmitRun(generation, request, fallback.BudgetOf(generation.State, request));
        var step = await StepAsync(run, stopping);
        if (step.Again)
        {
            await RepeatAsync(run, step, stopping);
        }
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>Goes on after the first step, which most generations end with.</summary>
    private async Task RepeatAsync(SubmitRun run, SubmitStep first, CancellationToken stopping)
    {
        var generation = run.Generation;
        SubmitStep? before = first;
        var paused = time.GetUtcNow();
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
        try
        {
            await pauses.For(run.Request.Retry).ExecuteAsync(
                async _ =>
                {
                    if (before is { } known)
                    {
                        before = null;
                        return known;
                    }

                    generation.ProviderTime += time.GetUtcNow() - paused;
                    var step = await StepAsync(run, stopping);
                    paused = time.GetUtcNow();
                    return step;
                },
                wake.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested && generation.State is { CancelRequested: true, Phase: GenerationPhase.Queued })
        {
            await Cancellation.EndAsync(writer, generation, time.GetUtcNow());
        }
    }

    private ValueTask<SubmitStep> StepAsync(SubmitRun run, CancellationToken stopping)
    {
        var generation = run.Generation;
        var state = generation.State;
        run.Begun = false;
        stopping.ThrowIfCancellationRequested();
        if (state.CancelRequested)
        {
            return DoneAsync(Cancellation.EndAsync(writer, generation, time.GetUtcNow()));
        }

        if (time.GetUtcNow() >= generation.Deadline)
        {
            return DoneAsync(writer.FailAsync(generation, Failures.DeadlinePassed(state, time.GetUtcNow()), atProvider: false));
        }

        if (providers.Find(state.Provider) is not { } adapter || adapter.FindModel(state.Model) is not { } model)
        {
            return SettleAsync(run, null, ProviderFailure.NotAccepted(ErrorCode.InvalidModel, Failures.Gone(state, time.GetUtcNow()).Message));
        }

        return generation.Native is null ? MapAgainAsync(run, adapter, model, stopping) : EnterAsync(run, adapter, model, stopping);
    }

    private static async ValueTask<SubmitStep> DoneAsync(ValueTask<GenerationState> ending)
    {
        await ending;
        return SubmitStep.Done;
    }

    /// <summary>After a restart: maps the stored request.</summary>
    private async ValueTask<SubmitStep> MapAgainAsync(SubmitRun run, ProviderAdapter adapter, ModelInfo model, CancellationToken stopping)
    {
        var mapped = await mapper.MapAsync(adapter, model, run.Request, null, stopping);
        if (mapped.Refusal is { } refusal)
        {
            await writer.FailAsync(run.Generation, refusal, atProvider: false);
            return SubmitStep.Done;
        }

        run.Generation.Native = mapped.Native;
        return await EnterAsync(run, adapter, model, stopping);
    }

    /// <summary>Submits when the provider's limit leaves room, else waits for it.</summary>
    private ValueTask<SubmitStep> EnterAsync(SubmitRun run, ProviderAdapter adapter, ModelInfo model, CancellationToken stopping)
    {
        var generation = run.Generation;
        if (generation.Lease is null && limiters.For(generation.State.Provider) is { } limiter)
        {
            generation.Lease = limiter.AttemptAcquire();
            if (!generation.Lease.IsAcquired)
            {
                generation.Lease = null;
                return WaitForCapacityAsync(run, limiter, stopping);
            }
        }

        return AttemptAsync(run, adapter, model, stopping);
    }

    /// <summary>The provider's limit is used up: another candidate that has room takes over, else the generation waits.</summary>
    private async ValueTask<SubmitStep> WaitForCapacityAsync(SubmitRun run, ProviderLimiter limiter, CancellationToken stopping)
    {
        var generation = run.Generation;
        if (generation.State.Picked is { } picked
            && await fallback.NextAsync(generation, run.Request, [.. run.Tried, picked], onlyReady: true, stopping) is { } fallbackCandidate)
        {
            // Not worth a write of its own: nothing was sent, and the attempt will say where it went.
            generation.Native = fallbackCandidate.MappedRequest.Native;
            generation.Update(fallbackCandidate.Of);
            return SubmitStep.Now;
        }

        return await capacity.WaitAsync(generation, limiter, stopping) is { } failure ? await SettleAsync(run, null, failure, final: true) : SubmitStep.Now;
    }

    /// <summary>One submit.</summary>
    private async ValueTask<SubmitStep> AttemptAsync(SubmitRun run, ProviderAdapter adapter, ModelInfo model, CancellationToken stopping)
    {
        var generation = run.Generation;
        if (!_gate.Wait(0, CancellationToken.None))
        {
            // It will take a while: the caller shall not wait for its generation to be safe.
            await writer.StoreAsync(generation);
            await _gate.WaitAsync(stopping);
        }

        try
        {
            var exchange = new ProviderExchange(adapter, NativeCall.Submit, generation.Native!, [generation.State.Provider])
            {
                Excluded = run.Refusing is { } refusing ? [.. refusing] : null,
                IsPatient = generation.State.Candidates is not { Count: > 1 },
                OnPicked = (cluster, destination) => BeginAsync(run, adapter, cluster, destination),
            };

            // Not cancellable: cutting a submit short leaves a job nobody knows of.
            await egress.SendAsync(exchange, CancellationToken.None);
            generation.ProviderTime += exchange.Elapsed;
            var outcome = SubmitAnswer.Read(exchange, model, time.GetUtcNow());
            if (run.Begun)
            {
                metrics.Attempt(adapter.Name, outcome, exchange.Elapsed);
            }

            return await SettleAsync(run, adapter, exchange, outcome);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask BeginAsync(SubmitRun run, ProviderAdapter adapter, string cluster, DestinationState destination)
    {
        var jobLocation = providers.LocationOf(adapter, cluster, destination);
        var now = time.GetUtcNow();
        var attempt = new AttemptReport(cluster, destination.DestinationId, AttemptOutcome.Pending, null, Billed.Unknown, 0);
        await writer.WriteAsync(run.Generation, s => s with
        {
            Phase = GenerationPhase.Submitting,
            SubmittedAt = now,
            JobLocation = jobLocation,
            Attempts = s.AttemptsAnd(attempt),
        });
        (run.Begun, run.Destination) = (true, destination);
        run.Generation.ReleaseReservation();
    }

    private async ValueTask<SubmitStep> SettleAsync(SubmitRun run, ProviderAdapter adapter, ProviderExchange exchange, JobOutcome outcome)
    {
        var generation = run.Generation;
        var took = (long)exchange.Elapsed.TotalMilliseconds;
        switch (outcome)
        {
            case JobOutcome.Running running:
                await writer.KeepAsync(generation, s => s with
                {
                    Attempts = s.AttemptsWith(a => a with { Outcome = AttemptOutcome.Accepted, DurationMs = took }),
                    Phase = GenerationPhase.Running,
                    Job = running.Job,
                    Progress = running.Progress,
                    Cost = running.Cost is { } cost ? s.Total(cost) : s.Cost,
                    CostEstimated = running.Cost is null && s.CostEstimated,
                });
                break;
            case JobOutcome.Succeeded { Media.Count: 0 } done:
                await writer.SucceedAsync(generation, s => Completion.AtOnce(s, done, took));
                break;
            case JobOutcome.Succeeded done when await collector.TryStoreInlineAsync(generation, adapter, done, (s, d) => Completion.AtOnce(s, d, took), CancellationToken.None):
                break;
            case JobOutcome.Succeeded done:
                await writer.KeepAsync(generation, s => Completion.AtOnce(s, done, took) with { Phase = GenerationPhase.Storing });
                break;
            case JobOutcome.Failed { Failure: var failure }:
                return await SettleAsync(run, exchange, failure);
            default:
                return await SettleAsync(run, exchange, Failures.Unreadable(adapter.Name));
        }

        generation.Request = generation.State.NeedsRequest ? generation.Request : null;
        generation.Native = null;
        return SubmitStep.Done;
    }

    /// <summary>A submit that came to nothing: it goes on elsewhere, or here after a pause, or not at all.</summary>
    /// <param name="run">What is remembered.</param>
    /// <param name="exchange">The call; null when there was none.</param>
    /// <param name="failure">Why.</param>
    /// <param name="final">True when waiting has no use.</param>
    private async ValueTask<SubmitStep> SettleAsync(SubmitRun run, ProviderExchange? exchange, ProviderFailure failure, bool final = false)
    {
        var generation = run.Generation;
        if (run.Begun && failure.Acceptance == Acceptance.Unknown)
        {
            await writer.WriteAsync(generation, s => Reported(s, AttemptOutcome.Unknown) with { Phase = GenerationPhase.Unknown, SubmitFailure = failure });
            return SubmitStep.Done;
        }

        var outcome = failure.Acceptance == Acceptance.Yes ? AttemptOutcome.Accepted
            : exchange is null or { Status: 0 } ? AttemptOutcome.Unreachable
            : AttemptOutcome.Refused;
        run.EmptySteps += run.Begun ? 0 : 1;
        if (failure.Acceptance == Acceptance.Yes)
        {
            generation.Update(s => Reported(s, outcome));
            if (await fallback.GoOnAsync(generation, failure, CancellationToken.None))
            {
                return SubmitStep.Now;
            }
        }
        else if (!generation.State.CancelRequested)
        {
            if (await MoveOnAsync(run, failure, s => Reported(s, outcome)) is { } next)
            {
                return next;
            }

            if (!final && run.Budget.MayRepeat(run.Attempts, failure, generation.Deadline - time.GetUtcNow()))
            {
                run.StartOver();
                await writer.WriteAsync(generation, s => Reported(s, outcome) with { Phase = GenerationPhase.Queued });
                generation.ReleaseLease();
                return SubmitStep.After(pauses.AtLeast(failure, run.Request.Retry, run.Attempts));
            }
        }

        var error = Failures.ToError(failure, generation.State.Provider, time.GetUtcNow(), exchange is null or { Status: 0 } ? null : exchange.Status);
        await writer.EndAsync(generation, GenerationPhase.Failed, s => Reported(s, outcome) with
        {
            Error = error,
            FailedAtProvider = exchange is not null || failure.Code == ErrorCode.RateLimitExceeded,
            Cost = s.Spent > 0 ? s.Spent : null,
            CostEstimated = s.Spent > 0 && s.CostEstimated,
        });
        return SubmitStep.Done;

        GenerationState Reported(GenerationState s, AttemptOutcome what) => !run.Begun ? s : s.WithAttempt(a => a with
        {
            Outcome = what,
            Code = failure.Code,
            Billed = failure.Billed,
            DurationMs = (long)(exchange?.Elapsed.TotalMilliseconds ?? 0),
        });
    }

    /// <summary>Another destination of the provider, else another candidate, takes over at once.</summary>
    private async ValueTask<SubmitStep?> MoveOnAsync(SubmitRun run, ProviderFailure failure, Func<GenerationState, GenerationState> report)
    {
        var generation = run.Generation;
        if (!run.Budget.MayMoveOn(run.Attempts, failure))
        {
            return null;
        }

        if (run.Begun && failure.Code != ErrorCode.InvalidModel)
        {
            run.TriedDestination();
            if (providers.HasAvailable(generation.State.Provider, run.Refusing!))
            {
                await writer.WriteAsync(generation, s => report(s) with { Phase = GenerationPhase.Queued });
                generation.ReleaseLease();
                return SubmitStep.Now;
            }
        }

        if (generation.State.Picked is not { } failed)
        {
            return null;
        }

        run.TriedCandidate();
        var from = generation.State;
        if (await fallback.NextAsync(generation, run.Request, run.Tried, onlyReady: false, CancellationToken.None) is not { } fallbackCandidate)
        {
            // The last of several came to nothing: those that may work later are tried again after a pause.
            return RetryBudget.Excludes(failure) ? await RestAsync(run, failed, report) : null;
        }

        Log.FellBack(logger, fallbackCandidate.Candidate.Provider, failure.Code, from.Provider);
        generation.Native = fallbackCandidate.MappedRequest.Native;
        await writer.WriteAsync(generation, s => fallbackCandidate.Of(report(s)) with { ExcludedCandidates = RetryBudget.Excludes(failure) ? [.. s.ExcludedCandidates ?? [], failed] : s.ExcludedCandidates });
        generation.ReleaseLease();
        return SubmitStep.Now;
    }

    /// <summary>Goes back to a candidate that was busy a moment ago, since the last one is out for good.</summary>
    private async ValueTask<SubmitStep?> RestAsync(SubmitRun run, Proxy.Selection.Candidates.Candidate failed, Func<GenerationState, GenerationState> report)
    {
        var generation = run.Generation;
        if (await fallback.NextAsync(generation, run.Request, [failed], onlyReady: false, CancellationToken.None) is not { } fallbackCandidate)
        {
            return null;
        }

        run.StartOver();
        generation.Native = fallbackCandidate.MappedRequest.Native;
        await writer.WriteAsync(generation, s => fallbackCandidate.Of(report(s)) with { ExcludedCandidates = [.. s.ExcludedCandidates ?? [], failed] });
        generation.ReleaseLease();
        return SubmitStep.After(null);
    }
}
