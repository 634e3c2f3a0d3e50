using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Submit;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Find;

/// <summary>
/// Finds out what became of a submit that was sent and never answered: because the connection broke, or because the program died in between. It goes by the strongest that
/// the adapter states. A job that is found is followed; one that certainly is not there is submitted again, as any other that was not accepted; what cannot be found out
/// ends as <see cref="GenerationPhase.Unknown"/>.
/// </summary>
internal sealed class JobFinder(
    JobLooks looks, JobCalls calls, SubmitMarks marks, ProviderTable providers, RequestMapper mapper, FallbackPolicy fallback, SubmitRecovery recovery, SubmitSettlement settlement, GenerationWriter writer,
    IOptions<JobsOptions> options, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    // Once the usual window is over it is the provider that is away.
    private static readonly TimeSpan LongestLatePause = TimeSpan.FromSeconds(30);

    /// <summary>Runs until the generation has left the phase, or the program stops.</summary>
    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        if (generation is { State: { Phase: GenerationPhase.Submitting, CancelRequested: false, Attempts.Count: > 0 }, Request: not null, Called: null } && marks.HasNotLeft(generation.State.SubmitMark, generation.State.Attempts.Count))
        {
            // It was no attempt: nothing was sent, and none of those that its request may make is used up.
            await writer.WriteAsync(
                generation, s => s with { Phase = GenerationPhase.Queued, Attempts = [.. s.Attempts.Take(s.Attempts.Count - 1)], SubmittedAt = null, SubmitMark = null, WebhookToken = null, CalledJob = null },
                onlyIf: static s => s is { IsOpen: true, Phase: GenerationPhase.Submitting });
            return;
        }

        var adapter = providers.FindForJob(generation.State.Provider, generation.State.Adapter, generation.State.Model, generation.State.Job);

        // Which way a provider offers depends on what was sent: one that this submit does not have would be tried until the end, for nothing.
        var lost = adapter?.Reconciliation is { IsNothing: false } && generation.Request is { } asked ? await SubmitOfAsync(generation, adapter, asked, stopping) : null;
        var by = WayOf(lost is null ? adapter?.Reconciliation : adapter!.ReconciliationOf(lost.Native?.Operation), generation.State.WebhookToken is not null);
        if (generation.State.Phase == GenerationPhase.Submitting)
        {
            await writer.WriteAsync(generation, s => s.WithAttempt(a => a with { Outcome = AttemptOutcome.Unknown, Reconciled = by }) with { Phase = GenerationPhase.Unknown });
        }

        if (by is not (ReconciledBy.None or ReconciledBy.Callback) && lost is { } submit && await SearchAsync(generation, submit.Request, adapter!, by, submit, stopping))
        {
            return;
        }

        // A provider that has been asked to call does so at the end of the job, which may be long after the caller's time.
        var error = ErrorOf(generation.State);
        if (await calls.WaitAsync(generation, error, stopping) is { } called)
        {
            await FollowAsync(generation, called, ReconciledBy.Callback);
            return;
        }

        if (await RefusedAsync(generation, stopping))
        {
            return;
        }

        await writer.EndAsync(
            generation, GenerationPhase.Unknown, s => s.WithAttempt(a => a with { Reconciled = by }) with { Error = error, FailedAtProvider = true });
        generation.Request = null;
        generation.Native = null;
    }

    /// <summary>Asks the provider again and again.</summary>
    /// <returns>False when the time is over and nothing is known.</returns>
    private async Task<bool> SearchAsync(
        Generation generation, GenerationRequest request, ProviderAdapter adapter, ReconciledBy by, LostSubmit submit, CancellationToken stopping)
    {
        // 1. Absence counts once the job would be there if it existed. Where the truth can be had, it is asked for until the caller's time is over.
        var known = adapter.ReconciliationOf(submit.Native?.Operation);
        var (completeAfter, keptFor) = by switch
        {
            ReconciledBy.ExternalId => (known.ExternalId!.CompleteAfter, null),
            ReconciledBy.List => (known.List!.CompleteAfter, null),
            _ => ((TimeSpan?)null, known.IdempotencyKey?.KeptFor),
        };
        var clock = new SteadyClock(time);

        // 2. The machine's clock may have been set since the submit: how long ago that was is measured where this process has sent it. Where another has, absence counts
        // from when it was taken up here on.
        var (own, submittedAt) = (generation.Sent, generation.State.SubmittedAt!.Value);
        var takenUpAt = clock.Now - generation.Clock.Elapsed;
        var begunAt = own is null ? submittedAt : clock.Now - time.GetElapsedTime(own.BegunAt);
        var conclusiveAt = (own is null ? Latest(submittedAt, takenUpAt, null) : clock.Now - time.GetElapsedTime(own.LeftAt)) + completeAfter;
        var isFromLater = own is null && submittedAt > takenUpAt + SentSubmit.LargestStep;
        var usual = clock.Now + options.Value.FindWindow;
        var until = completeAfter is null && keptFor is null ? usual : Latest(usual, clock.Now + (generation.Deadline - generation.Clock.Now), conclusiveAt + LongestPause);

        // Who cancels is answered with the true outcome where it is near.
        var untilCancelled = isFromLater ? usual : Latest(usual, usual, conclusiveAt + LongestPause);
        for (var pause = FirstPause; ; pause = Longer(pause, isUsual: clock.Now < usual))
        {
            // Before the look: a call in between must not be missed.
            var call = generation.NextCall();
            if (await NotifiedAsync(generation, stopping))
            {
                return true;
            }

            // 3. A key that the provider has forgotten would start another job; so would one whose job nobody would follow. A machine that slept knows that by its clock alone.
            var begun = clock.Now;
            if (keptFor is { } kept
                && (begun >= begunAt + kept || time.GetUtcNow() >= submittedAt + kept || (own is null && generation.Clock.Now >= submittedAt + kept)
                    || generation.Clock.Now >= generation.Deadline + options.Value.LateResultWindow))
            {
                break;
            }

            // 4. By the time before the look: what it shows is no older. A list is read by times, too: with a clock that was set meanwhile it may hold the job and show none.
            var isConclusive = begun >= conclusiveAt && !(by == ReconciledBy.List && (own?.IsClockSet(time) ?? isFromLater));
            var look = await looks.LookAsync(by, adapter, generation, submit, stopping);
            if (await SettledAsync(generation, request, adapter, by, look, isConclusive, stopping))
            {
                return true;
            }

            // 5. Not longer than to the moment at which absence counts.
            var now = clock.Now;
            var wait = look is Look.Nothing { Wait: { } asked } && asked > pause ? asked : pause;
            wait = conclusiveAt > now && conclusiveAt - now < wait ? conclusiveAt.Value - now : wait;
            if (now + wait >= (generation.State.CancelRequested ? untilCancelled : until))
            {
                break;
            }

            generation.ProviderTime += wait;
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, call);
            await Pause.ForAsync(wait, time, wake.Token);
            stopping.ThrowIfCancellationRequested();
        }

        return await NotifiedAsync(generation, stopping);
    }

    /// <summary>Follows the job that its provider has called about, or goes on with the refusal that another replica has received.</summary>
    /// <returns>False when there is neither.</returns>
    private async ValueTask<bool> NotifiedAsync(Generation generation, CancellationToken stopping)
    {
        if (generation.Called is { } called)
        {
            await FollowAsync(generation, called, ReconciledBy.Callback);
            return true;
        }

        return await RefusedAsync(generation, stopping);
    }

    /// <summary>The strongest there is.</summary>
    /// <remarks>A list goes before a call here, since a look costs nothing; a call is heeded all the while.</remarks>
    private static ReconciledBy WayOf(Reconciliation? known, bool calls) => known switch
    {
        { ExternalId: not null } => ReconciledBy.ExternalId,
        { IdempotencyKey: not null } => ReconciledBy.IdempotencyKey,
        { List: not null } => ReconciledBy.List,
        _ => calls ? ReconciledBy.Callback : ReconciledBy.None,
    };

    private async ValueTask<LostSubmit?> SubmitOfAsync(Generation generation, ProviderAdapter adapter, GenerationRequest request, CancellationToken stopping)
    {
        if (generation.State is not { JobLocation: { } jobLocation, SubmittedAt: { } submittedAt, Model: var id } || adapter.FindModel(id) is not { } model)
        {
            return null;
        }

        generation.Native ??= (await mapper.MapAsync(adapter, model, request, generation.Inputs, stopping)).Native;
        // The provider has made it of the whole request.
        return new LostSubmit(request, model, submittedAt + (generation.Sent?.SendingOf(time) ?? TimeSpan.Zero), new Uri(jobLocation.Address))
        {
            // As it was sent: what is looked for holds the id of the attempt.
            Native = generation.Native is { } native ? SubmitId.Fill(native, SubmitId.Of(generation.State, generation.State.Attempts.Count)) : null,
        };
    }

    /// <summary>Writes down what a look has shown.</summary>
    /// <returns>False when it has shown nothing.</returns>
    private async Task<bool> SettledAsync(
        Generation generation, GenerationRequest request, ProviderAdapter adapter, ReconciledBy by, Look look, bool isConclusive, CancellationToken stopping)
    {
        switch (look)
        {
            case Look.Found { Job: var job }:
                await FollowAsync(generation, job, by);
                return true;
            case Look.Answered(var exchange, var outcome):
                generation.ProviderTime += exchange.Elapsed;
                await PauseAsync(generation, await settlement.SettleAsync(RunOf(generation, request, by), exchange, outcome), stopping);
                return true;
            case Look.Absent when isConclusive && await NotifiedAsync(generation, stopping):
                // The list, or a page of it, was older than the call that came meanwhile.
                return true;
            case Look.Absent when isConclusive:
                await StartOverAsync(generation, request, $"The submit never reached {adapter.Name}.", by, stopping);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Another replica, which has sent the submit, has received its refusal after all: it goes on as if that had come here.</summary>
    /// <returns>False when nobody has received one.</returns>
    private async ValueTask<bool> RefusedAsync(Generation generation, CancellationToken stopping)
    {
        if (generation.Refused is not { } refusal)
        {
            return false;
        }

        if (generation.Request is { } request)
        {
            await PauseAsync(generation, await recovery.AnsweredAsync(RunOf(generation, request, null), refusal), stopping);
        }
        else
        {
            await recovery.EndAsync(generation, refusal);
        }

        return true;
    }

    /// <summary>The provider certainly has no job: the request is submitted again, as any other that was not accepted.</summary>
    private async Task StartOverAsync(Generation generation, GenerationRequest request, string reason, ReconciledBy by, CancellationToken stopping)
    {
        if (generation.State.CancelRequested)
        {
            Mark(generation, by);
            await Cancellation.EndAsync(writer, generation, time.GetUtcNow(), Billed.No);
            return;
        }

        await PauseAsync(generation, await recovery.RecoverAsync(RunOf(generation, request, by), null, ProviderFailure.NotAccepted(ErrorCode.NetworkError, reason)), stopping);
    }

    /// <summary>The step of the submitter that the lost submit was, as if it had been answered.</summary>
    private SubmitRun RunOf(Generation generation, GenerationRequest request, ReconciledBy? by)
    {
        Mark(generation, by);
        return new SubmitRun(generation, request, fallback.BudgetOf(generation.State, request))
        {
            Begun = true,
            Destination = providers.DestinationOf(generation.State.JobLocation!),
        };
    }

    private static void Mark(Generation generation, ReconciledBy? by) =>
        generation.Update(s => s.WithAttempt(a => a with { Reconciled = by }) with { SubmitFailure = null });

    private async Task PauseAsync(Generation generation, TimeSpan? pause, CancellationToken stopping)
    {
        if (pause is { } wait)
        {
            generation.ProviderTime += wait;
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
            await Pause.ForAsync(wait, time, wake.Token);
        }
    }

    private static TimeSpan Longer(TimeSpan pause, bool isUsual)
    {
        var longest = isUsual ? LongestPause : LongestLatePause;
        return pause * 2 < longest ? pause * 2 : longest;
    }

    private static DateTimeOffset Latest(DateTimeOffset first, DateTimeOffset second, DateTimeOffset? third)
    {
        var latest = first > second ? first : second;
        return third > latest ? third.Value : latest;
    }

    private async ValueTask FollowAsync(Generation generation, JobHandle job, ReconciledBy by)
    {
        await writer.KeepAsync(generation, s => s.WithAttempt(a => a with { Outcome = AttemptOutcome.Accepted, Code = null, Reconciled = by }) with
        {
            Phase = GenerationPhase.Running,
            Job = job,
            SubmitFailure = null,
        });
        generation.Request = generation.State.NeedsRequest ? generation.Request : null;
        generation.Native = null;
    }

    private GenerationError ErrorOf(GenerationState state) => state.SubmitFailure is { } lost
        ? Failures.ToError(lost, state.Provider, time.GetUtcNow(), reason: Failures.SubmitOutcomeUnknown)
        : Failures.LostInRestart(state.Provider, time.GetUtcNow());
}
