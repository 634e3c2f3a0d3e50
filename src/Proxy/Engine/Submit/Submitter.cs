using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Limits;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>
/// Sends the native submit, and repeats it, or sends it to another candidate, only when the provider certainly has no job.
/// </summary>
internal sealed class Submitter(
    IEgress egress,
    ProviderTable providers,
    ProviderLimiters limiters,
    WaitForCapacity capacity,
    RequestMapper mapper,
    FallbackPolicy fallback,
    SubmitRecovery recovery,
    SubmitSettlement settlement,
    GenerationWriter writer,
    HeldLease held,
    SubmitsUnderway underway,
    SubmitMarks marks,
    SubmitPreparation preparation,
    InputFolder inputs,
    FramegateMetrics metrics,
    IOptionsMonitor<JobsOptions> options,
    TimeProvider time)
{
    // A caller that does not wait for the result waits no longer than this for a connection to be opened.
    private static readonly TimeSpan LongestUnstored = TimeSpan.FromMilliseconds(200);

    private readonly Bulkhead _gate = new(options.CurrentValue.SubmitParallelism, options.CurrentValue.SubmitsPerProvider);

    /// <summary>Tries until the generation has left the phase.</summary>
    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        if (generation.Request is not { } request)
        {
            await writer.FailAsync(generation, Failures.Gone(generation.State, time.GetUtcNow()), atProvider: false);
            return;
        }

        var run = new SubmitRun(generation, request, fallback.BudgetOf(generation.State, request));
        try
        {
            while (await TryAsync(run, stopping) is { } pause)
            {
                if (pause > TimeSpan.Zero)
                {
                    var started = time.GetUtcNow();
                    using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
                    await Pause.ForAsync(pause, time, wake.Token);
                    generation.ProviderTime += time.GetUtcNow() - started;
                }
            }
        }
        finally
        {
            generation.ForgetPreviews();
        }
    }

    /// <summary>One try.</summary>
    /// <remarks>
    /// 1. What is cancelled, or too late, ends.
    /// 2. The request is mapped, where a restart has lost that.
    /// 3. The provider's limit gives a place; else another candidate takes over, or the generation waits.
    /// 4. One of the places for submits on their way to the provider is taken.
    /// 5. The pipeline picks a destination, uploads what the submit names, and opens a connection, the attempt is written down (<see cref="BeginAsync"/>), and the request is sent.
    /// 6. The adapter reads the answer.
    /// 7. A failure is passed over where another replica has gone on with the same submit.
    /// 8. What came back is written down: a job, a result, or what <see cref="SubmitRecovery"/> makes of a failure.
    /// </remarks>
    /// <returns>The pause before the next try; null when there is none.</returns>
    private async ValueTask<TimeSpan?> TryAsync(SubmitRun run, CancellationToken stopping)
    {
        var generation = run.Generation;
        var state = generation.State;
        run.Next();

        // 1. Before anything is sent.
        stopping.ThrowIfCancellationRequested();
        if (state.CancelRequested)
        {
            await Cancellation.EndAsync(writer, generation, time.GetUtcNow());
            return null;
        }

        if (generation.Clock.Now >= generation.Deadline)
        {
            await writer.FailAsync(generation, Failures.DeadlinePassed(state, time.GetUtcNow()), atProvider: false);
            return null;
        }

        // 2. The configuration may have changed since the request was mapped, or since it was stored.
        if (providers.Find(state.Provider) is not { } adapter || adapter.FindModel(state.Model) is not { } model)
        {
            return await recovery.RecoverAsync(run, null, ProviderFailure.NotAccepted(ErrorCode.InvalidModel, Failures.Gone(state, time.GetUtcNow()).Message));
        }

        if (generation.Native is null)
        {
            var mapped = await mapper.MapAsync(adapter, model, run.Request, generation.Inputs, stopping);
            if (mapped.Refusal is { } refusal)
            {
                await writer.FailAsync(generation, refusal, atProvider: false);
                return null;
            }

            generation.Native = mapped.Native;
        }

        // 3. It keeps its place until the job is over, or has come to nothing here.
        if (generation.Lease is null && !await TryEnterAsync(generation, limiters.For(state.Provider)))
        {
            return await WaitForCapacityAsync(run, limiters.For(state.Provider), stopping);
        }

        // 4. Where that takes a while, the caller shall not wait for its generation to be safe.
        using var place = _gate.TryEnter(state.Provider, state.Client) ?? await WaitForPlaceAsync(generation, state, stopping);
        if (generation.Inputs.HasLost)
        {
            // It has waited for so long that the copies of its inputs are swept. They are read again, before anything is sent.
            generation.Native = null;
            return TimeSpan.Zero;
        }

        using var submit = underway.Begin();

        // 5. Not cancellable: cutting a submit short leaves a job nobody knows of.
        string? token = null;
        using var inline = new AnswerMedia(inputs);
        using var streamed = adapter.Events is { } events ? new EventAnswer(inputs, events, inline.Keep, generation.Show) : null;
        using var mark = marks.Take();
        var native = SubmitId.Put(adapter, generation.Native!, state, state.Attempts.Count + 1);
        var exchange = new ProviderExchange(adapter, NativeCall.Submit, native, [state.Provider])
        {
            Excluded = run.Refusing is { } refusing ? [.. refusing] : null,
            Sink = inline,
            EventSink = streamed,
            IsPatient = state.Candidates is not { Count: > 1 },
            Prepare = native.Preparation is { } uploads
                ? (exchange, destination) => preparation.RunAsync(
                    exchange, destination, uploads, r => SubmitId.Put(adapter, r, state, state.Attempts.Count + 1), generation.Deadline - generation.Clock.Now) : null,
            OnPicked = (exchange, destination) => token = AskForCall(generation, exchange, model, destination),
            OnSending = (cluster, destination) => BeginAsync(run, adapter, token, mark?.Text, cluster, destination),
            OnLeaving = () =>
            {
                mark?.Left();
                generation.LeaveSubmit();
            },
            Reader = answered => inline.Lasting(SubmitAnswer.Read(answered, model, time.GetUtcNow())),
        };
        await SendAsync(run, exchange);
        generation.ProviderTime += exchange.Elapsed;

        // 6. Without an answer there is a failure that states whether anything was sent.
        var outcome = SubmitAnswer.Cut(exchange.Outcome!, exchange, generation.State.ResultsAsked);
        if (run.Destination is not null)
        {
            metrics.Attempt(generation.State.Picked?.Provider ?? generation.State.Provider, outcome, exchange.Elapsed);
        }

        // 7. What another replica has made of it meanwhile, and this one has adopted, is newer than a refusal: a job, or the same submit once more with its key.
        if (run.Begun && outcome is not (JobOutcome.Running or JobOutcome.Succeeded)
            && (generation.State.Job is not null || SubmitRefusal.MayHaveBeenRepeated(generation.State)))
        {
            return null;
        }

        // 8. A program that dies before this is done finds the attempt of step 5, and looks for the job.
        return await settlement.SettleAsync(run, exchange, outcome);
    }

    private async Task<Bulkhead.Place> WaitForPlaceAsync(Generation generation, GenerationState state, CancellationToken stopping)
    {
        await writer.StoreAsync(generation);
        return await _gate.EnterAsync(state.Provider, state.Client, stopping);
    }

    /// <summary>Sends it. Where opening a connection takes a while, the generation is stored meanwhile, as one that waits.</summary>
    private async Task SendAsync(SubmitRun run, ProviderExchange exchange)
    {
        var sending = egress.SendAsync(exchange, CancellationToken.None);
        var storing = run is { Beginning: null, Generation.Unstored: not null } && !sending.IsCompleted ? StoreMeanwhileAsync(run, sending) : Task.CompletedTask;
        try
        {
            await sending;
            run.Destination = exchange is { NothingAvailable: false, NoCredentials: false } ? exchange.Picked : null;
        }
        finally
        {
            // What matters is the write of the attempt: where this one has failed, that one has too, or comes first at the next step.
            await storing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task StoreMeanwhileAsync(SubmitRun run, Task sending)
    {
        await Task.WhenAny(sending, Task.Delay(LongestUnstored, time));
        if (!sending.IsCompleted && run.Beginning is null)
        {
            await writer.WriteAsync(run.Generation, s => s, onlyIf: _ => run.Generation.Unstored is not null);
        }
    }

    /// <summary>
    /// The birth of the row. The pipeline calls this on an open connection, before a byte of the request leaves: the attempt, with its destination, is on the disk before the
    /// provider can have a job. For a generation that is not stored yet this is its insert, and its caller is let go here; so a submit costs one write, not two.
    /// When the write fails the pipeline stops: nothing is sent, and the exception reaches the runner.
    /// </summary>
    private async ValueTask BeginAsync(SubmitRun run, ProviderAdapter adapter, string? token, string? mark, string cluster, DestinationState destination)
    {
        run.Beginning = destination;
        var jobLocation = providers.LocationOf(adapter, cluster, destination);
        var now = time.GetUtcNow();
        run.Generation.BeginSubmit(now);
        var attempt = new AttemptReport(cluster, destination.DestinationId, AttemptOutcome.Pending, null, Billed.Unknown, 0)
        {
            AtMs = Math.Max(0, (long)(now - run.Generation.State.CreatedAt).TotalMilliseconds),
        };

        // Not on top of what another replica has made of it meanwhile: that one may have submitted it.
        var (phase, attempts) = (run.Generation.State.Phase, run.Generation.State.Attempts.Count);
        var begun = await writer.WriteAsync(
            run.Generation,
            s => s with
            {
                Phase = GenerationPhase.Submitting,
                SubmittedAt = now,
                ResultsAsked = run.Request.Parameters.N ?? 0,
                JobLocation = jobLocation,
                WebhookToken = token,
                CalledJob = null,
                SubmitMark = mark is null ? null : SubmitMarks.Of(mark, attempts + 1),
                Attempts = s.AttemptsAnd(attempt),
            },
            onlyIf: s => s.IsOpen && s.Phase == phase && s.Attempts.Count == attempts);
        while (!held.IsSure)
        {
            // The process was stopped, or the store away, for so long that another replica may have taken the generation: the store knows.
            // Until it can answer nothing is sent.
            await held.InsistAsync(CancellationToken.None);
            begun = await writer.WriteAsync(run.Generation, static s => s);
        }

        if (begun is not { IsOpen: true, Phase: GenerationPhase.Submitting } || begun.Attempts.Count != attempts + 1 || begun.SubmittedAt != now)
        {
            throw new LeaseLostException();
        }

        run.Begun = true;
        run.Generation.ForgetCall();

        // Its job counts at the destination from here on.
        run.Generation.ReleaseReservation();
    }

    /// <summary>Asks the provider to call back, where it can and Framegate can be reached.</summary>
    /// <returns>The token in the address; null where nobody is asked.</returns>
    private string? AskForCall(Generation generation, ProviderExchange exchange, ModelInfo model, DestinationState destination)
    {
        if (options.CurrentValue.PublicUrl is not { } publicUrl)
        {
            return null;
        }

        var token = SubmitWebhook.NewToken();
        var address = new Uri(destination.Model.Config.Address);
        if (SubmitWebhook.AddTo(exchange.Request, exchange.Adapter, model, address, publicUrl, generation.State.Id, token) is not { } asking)
        {
            return null;
        }

        exchange.Request = asking;
        return token;
    }

    private static async ValueTask<bool> TryEnterAsync(Generation generation, ProviderLimiter limiter)
    {
        if (generation.Turn is not null)
        {
            return false;
        }

        var lease = await limiter.TryEnterAsync(generation.State.Id, generation.State.Client);
        generation.Lease = lease.IsAcquired ? lease : null;
        return lease.IsAcquired;
    }

    /// <summary>The provider's limit is used up: another candidate that has room takes over, else the generation waits.</summary>
    private async ValueTask<TimeSpan?> WaitForCapacityAsync(SubmitRun run, ProviderLimiter limiter, CancellationToken stopping)
    {
        var generation = run.Generation;
        if (generation.State.Picked is { } picked
            && await fallback.NextAsync(generation, run.Request, [.. run.Tried, picked], onlyReady: true, stopping) is { } fallbackCandidate)
        {
            // Not worth a write of its own: nothing was sent, and the attempt will name where it went.
            generation.LeaveTurn();
            generation.Native = fallbackCandidate.MappedRequest.Native;
            generation.Update(fallbackCandidate.Of);
            if (generation is { Unstored: null, BudgetHold: { } hold } && hold.Amount > hold.Counted)
            {
                // It may wait there for longer than what is reserved apart holds.
                await writer.WriteAsync(generation, static s => s with { });
            }

            return TimeSpan.Zero;
        }

        return await capacity.WaitAsync(generation, limiter, stopping) is { } failure ? await recovery.RecoverAsync(run, null, failure, final: true) : TimeSpan.Zero;
    }
}
