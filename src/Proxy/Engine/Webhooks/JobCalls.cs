using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Webhooks;

/// <summary>Takes the calls of providers about generations that are driven here, and waits for the one about a submit whose answer was lost. It comes when the job has ended,
/// so the caller's time may be over before.</summary>
internal sealed class JobCalls(GenerationWriter writer, IOptionsMonitor<JobsOptions> options, TimeProvider time)
{
    /// <summary>Takes a call. One that comes before the submit is answered may be all that is ever known of the job: it is on the disk before its provider is thanked for it.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="findings">What was called about.</param>
    public async ValueTask TakeAsync(Generation generation, SubmitFindings findings)
    {
        var job = findings.Job!;
        if (!IsAwaited(generation.State, findings))
        {
            return;
        }

        // Before the write: whoever looks for the job, and is about to send it again, knows at once; also while the disk is away.
        generation.Call(job);
        if (generation.State.Job is null && !IsSame(generation.State.CalledJob, job))
        {
            await writer.WriteAsync(generation, s => s with { CalledJob = job }, onlyIf: s => s.IsOpen && s.Job is null && IsAwaited(s, findings));
        }
    }

    /// <summary>Takes word that the submit which is looked for was refused. It is not on the disk with the generation, so that the findings stay until that has gone on.</summary>
    /// <returns>False when it is of no use here any more.</returns>
    public static bool Refuse(Generation generation, SubmitFindings findings)
    {
        if (generation.State is not { IsOpen: true, Job: null, Phase: GenerationPhase.Submitting or GenerationPhase.Unknown } state || !findings.IsOf(state)
            || SubmitRefusal.MayHaveBeenRepeated(state))
        {
            return false;
        }

        // Whoever has only just taken it over looks for it in a moment.
        generation.Refuse(findings);
        return true;
    }

    /// <summary>Whether a call belongs to the last submit. Where no provider was asked to call, another replica has left word of what the lost submit was answered with: that counts
    /// while it is looked for, and from when it was taken over where the word names the submit.</summary>
    private static bool IsAwaited(GenerationState state, SubmitFindings findings) =>
        findings.IsOf(state) && (state.WebhookToken is not null || state.Phase == GenerationPhase.Unknown || (state.Phase == GenerationPhase.Submitting && findings.SubmittedAt is not null));

    private static bool IsSame(JobHandle? known, JobHandle job) =>
        known is not null && (known.NativeId, known.Model, known.PollUrl) == (job.NativeId, job.Model, job.PollUrl)
        && known.State.Count == job.State.Count && !known.State.Except(job.State).Any();

    /// <summary>Waits.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="overdue">What its caller is answered with when its time is over before the call.</param>
    /// <param name="stopping">The program stops.</param>
    /// <returns>
    /// The job; null when no call has come until the end of the late window, when the client has cancelled, or once it is known that there is no job. Where no provider was asked to
    /// call, that is what another replica has left word of by now.
    /// </returns>
    public async Task<JobHandle?> WaitAsync(Generation generation, GenerationError overdue, CancellationToken stopping)
    {
        if (generation.State.WebhookToken is null)
        {
            return generation.Called;
        }

        while (true)
        {
            // Before the look: a call in between must not be missed.
            var call = generation.NextCall();
            if (generation.Called is { } job)
            {
                return job;
            }

            if (generation.Refused is not null)
            {
                return null;
            }

            var now = time.GetUtcNow();
            var until = generation.State.Error is null ? generation.Deadline : generation.Deadline + options.CurrentValue.LateResultWindow;
            if (generation.State.CancelRequested || (now >= until && generation.State.Error is not null))
            {
                return null;
            }

            if (now >= until)
            {
                await writer.WriteAsync(generation, s => s with { Error = overdue, FinishedAt = now, FailedAtProvider = true });
                continue;
            }

            using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token, call);
            await Pause.ForAsync(until - now, time, wake.Token);
            stopping.ThrowIfCancellationRequested();
        }
    }
}
