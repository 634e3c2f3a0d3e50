using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Collect;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Submit;
using Framegate.Proxy.Media;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Poll;

/// <summary>
/// Asks about an accepted job at its provider's pace until <see cref="PollPolicy"/> decides that it is over. Every job has a timer of its own. A bounded
/// number of polls is on its way at once, so no job waits for a lap over all others.
/// </summary>
internal sealed class JobPoller(
    IEgress egress, ProviderTable providers, ResultCollector collector, GenerationWriter writer, FallbackPolicy fallback, InputFolder inputs, FramegateMetrics metrics, IOptions<JobsOptions> options,
    TimeProvider time)
{
    // After a downtime that was longer than the late window a job is still asked about for so long.
    private static readonly TimeSpan LeastWindow = TimeSpan.FromMinutes(1);

    // A poll that is on its way when the caller's time ends may take so much longer.
    private static readonly TimeSpan LastPollTimeout = TimeSpan.FromSeconds(5);
    // A poll that gets no answer in so long is given up and made again; each time it may take twice as long, since an answer may bring a clip with it.
    private static readonly TimeSpan FirstPollTimeout = TimeSpan.FromSeconds(15);
    private const int MostDoublings = 5;
    private readonly Bulkhead _gate = new(options.Value.PollParallelism, options.Value.PollsPerProvider);

    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        var state = generation.State;
        if (await MissingProvider.WaitAsync(providers, writer, generation, options.Value.LateResultWindow, time, stopping) is not var (adapter, model))
        {
            return;
        }

        var pace = adapter.PaceOf(model);
        var run = new PollRun(generation, adapter, state.WebhookToken is null ? pace : PollPolicy.PaceWithCalls(pace), generation.Clock.Now);
        run.Progress.CallerIsNotified = state.Error is not null;
        generation.Update(s => s with { PollTrouble = null, IsFollowedOn = !adapter.CancelsAtDeadline && options.Value.LateResultWindow > TimeSpan.Zero });
        var due = run.Clock.Now + run.Pace.Before(0);
        var call = generation.NextCall();
        while (generation.State.Phase == GenerationPhase.Running)
        {
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
            using var wakeOrCall = CancellationTokenSource.CreateLinkedTokenSource(wake.Token, call);
            var now = run.Clock.Now;
            var pause = PollPolicy.NextLook(due, run.Progress, TimesOf(run), adapter.CancelsAtDeadline) - now;
            generation.ProviderTime += pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
            await Pause.ForAsync(pause, time, wakeOrCall.Token);
            if (call.IsCancellationRequested)
            {
                await Pause.ForAsync(PollPolicy.Soonest(run.Progress, TimesOf(run)) - run.Clock.Now, time, wake.Token);
            }

            // Before the poll: a call in between is about what the poll has not seen.
            call = generation.NextCall();
            stopping.ThrowIfCancellationRequested();
            if (generation.State.CancelRequested)
            {
                var (taken, billed) = await Cancellation.AtProviderAsync(egress, adapter, generation.State.JobLocation!, generation.State.Job!, stopping);
                billed ??= taken ? await BillAfterCancelAsync(run, stopping) : null;
                await Cancellation.EndAsync(writer, generation, time.GetUtcNow(), billed);
                return;
            }

            due = run.Clock.Now + await PollAsync(run, due, stopping);
        }
    }

    /// <summary>One poll, and what follows from it.</summary>
    /// <returns>The pause before the next one; of no meaning when the job is over.</returns>
    private async Task<TimeSpan> PollAsync(PollRun run, DateTimeOffset due, CancellationToken stopping)
    {
        JobOutcome outcome;
        using var inline = new AnswerMedia(inputs);
        using (await _gate.EnterAsync(run.Generation.State.Provider, run.Generation.State.Client, stopping))
        {
            metrics.PollLag(run.Generation.State.Provider, run.Clock.Now - due);
            outcome = inline.Lasting(await AskAsync(run, inline, stopping));
        }

        return await FollowAsync(run, outcome, stopping);
    }

    private async Task<TimeSpan> FollowAsync(PollRun run, JobOutcome outcome, CancellationToken stopping)
    {
        var (generation, progress) = (run.Generation, run.Progress);
        if (outcome is JobOutcome.Running running)
        {
            await RunningAsync(generation, running);
        }

        if (generation.State.PollTrouble != progress.Trouble)
        {
            // Seen by whoever asks once the time is over, not worth a commit.
            generation.Update(s => s with { PollTrouble = progress.Trouble, FailedAtProvider = progress.Trouble is not null });
        }

        var times = TimesOf(run);
        var decision = PollPolicy.Decide(outcome, progress, times, run.Adapter, run.Pace, options.Value.NotFoundGrace);
        switch (decision.Step)
        {
            case PollStep.Deliver:
                await DeliverAsync(run, (JobOutcome.Succeeded)outcome, stopping);
                break;
            case PollStep.Fail:
                await FailAsync(generation, decision.Failure!, stopping);
                break;
            case PollStep.NotifyCaller:
                progress.CallerIsNotified = true;
                await writer.WriteAsync(generation, s => s with { Error = Failures.DeadlinePassed(s, times.Now), FailedAtProvider = s.PollTrouble is not null, FinishedAt = times.Now });
                break;
            case PollStep.Cancel:
                return await CancelAsync(run, outcome, times.Now, stopping);
            case PollStep.GiveUp:
                await EndAsync(generation, times.Now, s => s);
                break;
        }

        return decision.Pause;
    }

    private async Task<JobOutcome> AskAsync(PollRun run, AnswerMedia inline, CancellationToken stopping)
    {
        var (generation, adapter) = (run.Generation, run.Adapter);
        var job = generation.State.Job!;

        // Even while a poll gets no answer at all, the caller is answered in time.
        var left = generation.State.Deadline - run.Clock.Now;
        var patience = FirstPollTimeout * (1 << Math.Min(run.Silences, MostDoublings));
        var rest = (left > TimeSpan.Zero ? left : TimeSpan.Zero) + LastPollTimeout;
        using var limit = new CancellationTokenSource(run.Progress.CallerIsNotified || patience < rest ? patience : rest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        ProviderExchange? exchange = null;
        JobOutcome outcome;
        try
        {
            exchange = await JobQuestion.AskAsync(egress, adapter, generation.State.JobLocation!, job, inline, either.Token);
            outcome = JobQuestion.Read(exchange, adapter, job);

            // One that needs its time needs it at the next poll too.
            run.Silences = Math.Max(run.Silences - 1, 0);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            run.Silences++;
            outcome = new JobOutcome.Unreadable(new ProviderFailure(ErrorCode.Timeout, $"{adapter.Name} did not answer in time.") { Acceptance = Acceptance.Yes });
        }

        var elapsed = exchange?.Elapsed ?? TimeSpan.Zero;
        generation.ProviderTime += elapsed;
        metrics.ProviderLatency(generation.State.Provider, NativeCall.Poll, elapsed);
        run.Progress.Count(outcome, run.Clock.Now, exchange?.Status ?? 0, exchange?.Requests ?? 1, outcome is JobOutcome.Running running && IsOther(running.Job, job));
        return outcome;
    }

    private async ValueTask DeliverAsync(PollRun run, JobOutcome.Succeeded done, CancellationToken stopping)
    {
        var generation = run.Generation;
        if (done.Media.Count == 0)
        {
            await writer.SucceedAsync(generation, s => Completion.Of(s, done));
        }
        else if (!await collector.TryStoreInlineAsync(generation, run.Adapter, done, Completion.Of, stopping))
        {
            await writer.WriteAsync(generation, s => Completion.Of(s, done) with { Phase = GenerationPhase.Storing });
        }
    }

    private async ValueTask RunningAsync(Generation generation, JobOutcome.Running running)
    {
        var known = generation.State.Job!;
        if (IsOther(running.Job, known) || (running.Cost is not null && generation.State.Total(running.Cost) != generation.State.Cost))
        {
            await writer.WriteAsync(generation, s => s with
            {
                Job = running.Job,
                Progress = running.Progress ?? s.Progress,
                Cost = running.Cost is { } cost ? s.Total(cost) : s.Cost,
                CostEstimated = running.Cost is null && s.CostEstimated,
            });
        }
        else if (running.Progress is { } progress && progress != generation.State.Progress)
        {
            // Seen by whoever asks, not worth a commit.
            generation.Update(s => s with { Progress = progress });
        }
    }

    private static bool IsOther(JobHandle job, JobHandle known) =>
        job.PollUrl != known.PollUrl || job.NativeId != known.NativeId
        || job.State.Count != known.State.Count || job.State.Any(s => known.State.GetValueOrDefault(s.Key) != s.Value);

    private async ValueTask FailAsync(Generation generation, ProviderFailure failure, CancellationToken stopping)
    {
        if (await fallback.GoOnAsync(generation, failure, stopping))
        {
            return;
        }

        var now = time.GetUtcNow();
        await writer.EndAsync(generation, GenerationPhase.Failed, s => Completion.Of(s, failure, now));
    }

    /// <summary>Cancels a job that nobody waits for any longer; one that goes on all the same is followed on, since it is paid for.</summary>
    private async Task<TimeSpan> CancelAsync(PollRun run, JobOutcome outcome, DateTimeOffset now, CancellationToken stopping)
    {
        var state = run.Generation.State;
        var (cancelled, billed) = await Cancellation.AtProviderAsync(egress, run.Adapter, state.JobLocation!, state.Job!, stopping);
        if (cancelled)
        {
            await EndAsync(run.Generation, now, s => Cancellation.After(s, billed));
            return default;
        }

        run.Progress.CancelWasInVain = true;
        run.Generation.Update(s => s with { IsFollowedOn = options.Value.LateResultWindow > TimeSpan.Zero });
        return await FollowAsync(run, outcome, stopping);
    }

    /// <summary>Asks about a job once more whose provider has only received its cancel: the job's own word may be that it has cost nothing.</summary>
    private async Task<Billed?> BillAfterCancelAsync(PollRun run, CancellationToken stopping)
    {
        var state = run.Generation.State;
        var (soonest, usual) = (PollPolicy.Soonest(run.Progress, TimesOf(run)) - run.Clock.Now, PollPolicy.LeastInterval);
        await Pause.ForAsync(soonest > usual ? soonest : usual, time, stopping);
        stopping.ThrowIfCancellationRequested();
        using var limit = new CancellationTokenSource(LastPollTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        using var inline = new AnswerMedia(inputs);
        try
        {
            using (await _gate.EnterAsync(state.Provider, state.Client, either.Token))
            {
                return Cancellation.BillOf(await AskAsync(run, inline, either.Token));
            }
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private async ValueTask EndAsync(Generation generation, DateTimeOffset now, Func<GenerationState, GenerationState> change) => await writer.EndAsync(
        generation,
        GenerationPhase.Failed,
        s => change(s) with { Error = Failures.DeadlinePassed(s with { IsFollowedOn = false }, s.Error?.Timestamp ?? now), FailedAtProvider = s.PollTrouble is not null });

    private PollTimes TimesOf(PollRun run)
    {
        var (window, deadline) = (options.Value.LateResultWindow, run.Generation.Deadline);
        var (late, least) = (deadline + window, run.Start + (window < LeastWindow ? window : LeastWindow));
        return new PollTimes(run.Clock.Now, run.Start, run.Generation.State.Deadline, deadline, late > least ? late : least);
    }

    /// <summary>One job while it is followed.</summary>
    private sealed record PollRun(Generation Generation, ProviderAdapter Adapter, PollPace Pace, DateTimeOffset Start)
    {
        public SteadyClock Clock => Generation.Clock;

        public PollProgress Progress { get; } = new();

        /// <summary>How many polls in a row got no answer in time.</summary>
        public int Silences { get; set; }
    }
}
