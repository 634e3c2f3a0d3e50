using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Routing;
using Framegate.Proxy.Telemetry;
using Framegate.Transforms.Forwarding;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Generations;

/// <summary>
/// Sends the native submit. The attempt is written down before it is sent; it is repeated only when the provider certainly has no job.
/// </summary>
internal sealed class Submitter(
    Egress egress,
    ProviderTable providers,
    Intake intake,
    ResultStorer storer,
    Ledger ledger,
    FramegateMetrics metrics,
    IOptions<JobsOptions> options,
    TimeProvider time,
    Random random,
    ILogger<Submitter> logger) : IDisposable
{
    private static readonly TimeSpan PauseBetweenWrites = TimeSpan.FromSeconds(1);
    private readonly SemaphoreSlim _gate = new(options.Value.SubmitParallelism);

    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        var state = generation.State;
        if (providers.Find(state.Provider) is not { } adapter || adapter.FindModel(state.Model) is not { } model || generation.Request is not { } request)
        {
            await ledger.FailAsync(generation, Failures.Gone(state, time.GetUtcNow()), atProvider: false);
            return;
        }

        if (generation.Native is null)
        {
            // After a restart: mapped again from the stored request.
            var mapped = await intake.MapAsync(adapter, model, request, stopping);
            if (mapped.Refusal is { } refusal)
            {
                await ledger.FailAsync(generation, refusal, atProvider: false);
                return;
            }

            generation.Native = mapped.Native;
        }

        var budget = new RetryBudget(options.Value, request.Retry, random);
        while (generation.State.Phase == GenerationPhase.Queued)
        {
            if (generation.State.CancelRequested)
            {
                await Cancellation.EndAsync(ledger, generation, time.GetUtcNow());
                return;
            }

            if (time.GetUtcNow() >= generation.Deadline)
            {
                await ledger.FailAsync(generation, Failures.DeadlinePassed(generation.State, time.GetUtcNow()), atProvider: false);
                return;
            }

            var pause = await AttemptAsync(generation, adapter, model, budget, stopping);
            generation.ProviderTime += pause;
            await Pause.ForAsync(pause, time, stopping);
            stopping.ThrowIfCancellationRequested();
        }
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>One submit.</summary>
    /// <returns>The pause before the next one; zero when the phase has changed.</returns>
    private async Task<TimeSpan> AttemptAsync(
        Generation generation, ProviderAdapter adapter, ModelInfo model, RetryBudget budget, CancellationToken stopping)
    {
        if (!_gate.Wait(0, CancellationToken.None))
        {
            // It will take a while: the caller shall not wait for its generation to be safe.
            await ledger.StoreAsync(generation);
            await _gate.WaitAsync(stopping);
        }

        try
        {
            var exchange = new ProviderExchange(adapter, NativeCall.Submit, generation.Native!, [generation.State.Provider])
            {
                OnPicked = (cluster, destination) => BeginAsync(generation, adapter, cluster, destination),
            };

            // Not cancellable: cutting a submit short leaves a job nobody knows of.
            await egress.SendAsync(exchange, CancellationToken.None);
            generation.ProviderTime += exchange.Elapsed;
            var outcome = Read(exchange, model);
            metrics.Attempt(adapter.Name, outcome, exchange.Elapsed);
            return await SettleAsync(generation, adapter, exchange, outcome, budget);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask BeginAsync(Generation generation, ProviderAdapter adapter, string cluster, DestinationState destination)
    {
        var home = providers.HomeOf(adapter, cluster, destination);
        var now = time.GetUtcNow();
        var attempt = new AttemptReport(cluster, destination.DestinationId, AttemptOutcome.Pending, null, Billed.Unknown, 0);
        await ledger.WriteAsync(generation, s => s with
        {
            Phase = GenerationPhase.Submitting,
            SubmittedAt = now,
            Home = home,
            Attempts = [.. s.Attempts, attempt],
        });
    }

    private static JobOutcome Read(ProviderExchange exchange, ModelInfo model)
    {
        if (exchange.Response is not { } response)
        {
            return new JobOutcome.Failed(Failures.FromTransport(exchange));
        }

        try
        {
            return response.IsSuccess
                ? exchange.Adapter.ReadSubmit(response, model)
                : new JobOutcome.Failed(exchange.Adapter.ReadError(response, NativeCall.Submit));
        }
        catch (System.Text.Json.JsonException)
        {
            return new JobOutcome.Failed(Failures.Unreadable(exchange.Adapter.Name));
        }
    }

    private async Task<TimeSpan> SettleAsync(
        Generation generation, ProviderAdapter adapter, ProviderExchange exchange, JobOutcome outcome, RetryBudget budget)
    {
        var took = (long)exchange.Elapsed.TotalMilliseconds;
        switch (outcome)
        {
            case JobOutcome.Running running:
                await KeepAsync(generation, s => Accepted(s, took) with
                {
                    Phase = GenerationPhase.Running,
                    Job = running.Job,
                    Progress = running.Progress,
                    Cost = running.Cost ?? s.Cost,
                    CostEstimated = running.Cost is null && s.CostEstimated,
                });
                break;
            case JobOutcome.Succeeded { Media.Count: 0 } done:
                await ledger.EndAsync(generation, GenerationPhase.Succeeded, s => Completion.Of(Accepted(s, took), done));
                break;
            case JobOutcome.Succeeded done when await storer.TryStoreInlineAsync(generation, adapter, done, s => Accepted(s, took), CancellationToken.None):
                break;
            case JobOutcome.Succeeded done:
                await ledger.WriteAsync(generation, s => Completion.Of(Accepted(s, took), done) with { Phase = GenerationPhase.Storing });
                break;
            case JobOutcome.Failed { Failure: var failure }:
                return await SettleFailureAsync(generation, adapter, exchange, failure, budget);
            default:
                return await SettleFailureAsync(generation, adapter, exchange, Failures.Unreadable(adapter.Name), budget);
        }

        generation.Request = null;
        generation.Native = null;
        return TimeSpan.Zero;
    }

    /// <summary>Writes down an accepted job. Its handle exists nowhere else, so a disk that fails is tried until it works again.</summary>
    private async Task KeepAsync(Generation generation, Func<GenerationState, GenerationState> change)
    {
        while (true)
        {
            try
            {
                await ledger.WriteAsync(generation, change);
                return;
            }
            catch (Exception e) when (e is not AlreadyTakenException)
            {
                Log.GenerationStepFailed(logger, e, generation.State.Phase);
                await Pause.ForAsync(PauseBetweenWrites, time, CancellationToken.None);
            }
        }
    }

    private async Task<TimeSpan> SettleFailureAsync(
        Generation generation, ProviderAdapter adapter, ProviderExchange exchange, ProviderFailure failure, RetryBudget budget)
    {
        var took = (long)exchange.Elapsed.TotalMilliseconds;
        var now = time.GetUtcNow();
        GenerationState Report(GenerationState s, AttemptOutcome outcome) => s.WithAttempt(a => a with
        {
            Outcome = outcome,
            Code = failure.Code,
            Billed = failure.Billed,
            DurationMs = took,
        });

        if (failure.Acceptance == Acceptance.Unknown)
        {
            await ledger.WriteAsync(generation, s => Report(s, AttemptOutcome.Unknown) with { Phase = GenerationPhase.Unknown, Doubt = failure });
            return TimeSpan.Zero;
        }

        var outcome = failure.Acceptance == Acceptance.Yes ? AttemptOutcome.Accepted
            : exchange.Status == 0 ? AttemptOutcome.Unreachable
            : AttemptOutcome.Refused;
        if (!generation.State.CancelRequested
            && budget.PauseAfter(generation.State.Attempts.Count, failure, generation.Deadline - now) is { } pause)
        {
            await ledger.WriteAsync(generation, s => Report(s, outcome) with { Phase = GenerationPhase.Queued });
            return pause;
        }

        var error = Failures.ToError(failure, generation.State.Provider, now, exchange.Status == 0 ? null : exchange.Status);
        await ledger.EndAsync(
            generation, GenerationPhase.Failed, s => Report(s, outcome) with { Error = error, FailedAtProvider = true, Cost = null, CostEstimated = false });
        return TimeSpan.Zero;
    }

    private static GenerationState Accepted(GenerationState state, long took) =>
        state.WithAttempt(a => a with { Outcome = AttemptOutcome.Accepted, DurationMs = took });
}
