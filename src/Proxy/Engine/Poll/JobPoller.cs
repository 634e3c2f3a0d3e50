using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Collect;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Submit;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Poll;

/// <summary>
/// Asks about an accepted job at its provider's pace until it ends. Every job has a timer of its own; a bounded number of polls is on its
/// way at once, so no job waits for a lap over all others.
/// </summary>
internal sealed class JobPoller(
    IEgress egress, ProviderTable providers, ResultCollector collector, GenerationWriter writer, FallbackPolicy fallback, FramegateMetrics metrics, IOptions<JobsOptions> options,
    TimeProvider time) : IDisposable
{
    private const int UnreadableAnswersBeforeFailing = 5;
    private readonly SemaphoreSlim _gate = new(options.Value.PollParallelism);

    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        var state = generation.State;
        if (providers.FindForJob(state.Provider, state.Adapter) is not { } adapter || adapter.FindModel(state.Model) is not { } model)
        {
            await writer.FailAsync(generation, Failures.Gone(state, time.GetUtcNow()), atProvider: false);
            return;
        }

        var pace = adapter.PaceOf(model);
        var progress = new PollProgress();
        var askedLast = false;
        var due = time.GetUtcNow() + pace.Before(0);
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
        while (generation.State.Phase == GenerationPhase.Running)
        {
            // What has become of it while the program was away is asked first, however late it is.
            var mustAsk = generation.Resumed && !progress.IsAnswered && progress.Unreadable < UnreadableAnswersBeforeFailing;
            var now = time.GetUtcNow();
            var next = !mustAsk && generation.State.Error is null && generation.State.Deadline < due ? generation.State.Deadline : due;
            generation.ProviderTime += next > now ? next - now : TimeSpan.Zero;
            await Pause.ForAsync(next - now, time, wake.Token);
            stopping.ThrowIfCancellationRequested();
            if (generation.State.CancelRequested)
            {
                await CancelAsync(generation, adapter, stopping);
                return;
            }

            // One look at the clock for all of it: a deadline that passes between two looks would be met without the last poll.
            now = time.GetUtcNow();
            if (adapter.CancelsAtDeadline && !askedLast && now >= generation.Deadline)
            {
                // It may have finished since the last poll: a cancel would then throw away what has been paid for.
                askedLast = true;
                await PollAsync(generation, adapter, pace, progress, now, stopping);
                continue;
            }

            if (!mustAsk && await EndOfTimeAsync(generation, adapter, now, stopping))
            {
                return;
            }

            if (now >= due)
            {
                var pause = await PollAsync(generation, adapter, pace, progress, due, stopping);
                due = time.GetUtcNow() + pause;
            }
        }
    }

    public void Dispose() => _gate.Dispose();

    /// <summary>One poll.</summary>
    /// <returns>The pause before the next one.</returns>
    private async Task<TimeSpan> PollAsync(
        Generation generation, ProviderAdapter adapter, PollPace pace, PollProgress progress, DateTimeOffset due, CancellationToken stopping)
    {
        await _gate.WaitAsync(stopping);
        JobOutcome outcome;
        try
        {
            metrics.PollLag(adapter.Name, time.GetUtcNow() - due);
            outcome = await AskAsync(generation, adapter, stopping);
        }
        finally
        {
            _gate.Release();
        }

        progress.Count(outcome, time.GetUtcNow());
        switch (outcome)
        {
            case JobOutcome.Running running:
                await RunningAsync(generation, running);
                return running.PollAfter ?? pace.Before(progress.Polls);
            case JobOutcome.Succeeded { Media.Count: 0 } done:
                await writer.SucceedAsync(generation, s => Completion.Of(s, done));
                break;
            case JobOutcome.Succeeded done when await collector.TryStoreInlineAsync(generation, adapter, done, Completion.Of, stopping):
                break;
            case JobOutcome.Succeeded done:
                await writer.WriteAsync(generation, s => Completion.Of(s, done) with { Phase = GenerationPhase.Storing });
                break;
            case JobOutcome.Failed { Failure: var failure }:
                await FailAsync(generation, failure, stopping);
                break;
            case JobOutcome.NotFound { Failure: var failure } when progress.MissingFor(time.GetUtcNow()) >= options.Value.NotFoundGrace:
                await FailAsync(generation, failure, stopping);
                break;
            case JobOutcome.Unreadable { Failure: { Code: ErrorCode.UnknownError } failure } when progress.Unreadable >= UnreadableAnswersBeforeFailing:
                await FailAsync(generation, failure, stopping);
                break;
            case JobOutcome.Unreadable { Failure.RetryAfter: { } wait }:
                return wait;
        }

        return pace.Before(progress.Polls);
    }

    private async Task<JobOutcome> AskAsync(Generation generation, ProviderAdapter adapter, CancellationToken stopping)
    {
        var job = generation.State.Job!;
        var exchange = await egress.SendToAsync(adapter, generation.State.JobLocation!, NativeCall.Poll, adapter.BuildPoll(job), null, stopping);
        if (exchange is null)
        {
            return new JobOutcome.Failed(Failures.Untrusted(adapter.Name));
        }

        generation.ProviderTime += exchange.Elapsed;
        metrics.ProviderLatency(adapter.Name, NativeCall.Poll, exchange.Elapsed);
        if (exchange.Response is not { } response)
        {
            return new JobOutcome.Unreadable(TransportFailures.FromTransport(exchange));
        }

        try
        {
            return adapter.ReadPoll(response, job);
        }
        catch (JsonException)
        {
            return new JobOutcome.Unreadable(Failures.Unreadable(adapter.Name));
        }
    }

    private async ValueTask RunningAsync(Generation generation, JobOutcome.Running running)
    {
        var known = generation.State.Job!;
        if (running.Job.PollUrl != known.PollUrl || running.Job.State.Count != known.State.Count || running.Job.NativeId != known.NativeId
            || (running.Cost is not null && generation.State.Total(running.Cost) != generation.State.Cost))
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

    private async ValueTask FailAsync(Generation generation, ProviderFailure failure, CancellationToken stopping)
    {
        if (await fallback.GoOnAsync(generation, failure, stopping))
        {
            return;
        }

        var now = time.GetUtcNow();
        await writer.EndAsync(generation, GenerationPhase.Failed, s => Completion.Of(s, failure, now));
    }

    private async Task CancelAsync(Generation generation, ProviderAdapter adapter, CancellationToken stopping)
    {
        var billed = await Cancellation.AtProviderAsync(egress, adapter, generation.State.JobLocation!, generation.State.Job!, stopping);
        await Cancellation.EndAsync(writer, generation, time.GetUtcNow(), billed);
    }

    /// <summary>Tells the caller when its time is over; follows the job on for a while, since it has been paid for.</summary>
    /// <returns>True when the job is not followed any longer.</returns>
    private async Task<bool> EndOfTimeAsync(Generation generation, ProviderAdapter adapter, DateTimeOffset now, CancellationToken stopping)
    {
        var state = generation.State;
        if (now < state.Deadline)
        {
            return false;
        }

        var error = state.Error ?? Failures.DeadlinePassed(state, now);
        var deadline = generation.Deadline;
        if (adapter.CancelsAtDeadline && now >= deadline)
        {
            await Cancellation.AtProviderAsync(egress, adapter, state.JobLocation!, state.Job!, stopping);
        }
        else if (now < deadline + options.Value.LateResultWindow)
        {
            if (state.Error is null)
            {
                await writer.WriteAsync(generation, s => s with { Error = error, FinishedAt = now });
            }

            return false;
        }

        await writer.FailAsync(generation, error, atProvider: false);
        return true;
    }
}
