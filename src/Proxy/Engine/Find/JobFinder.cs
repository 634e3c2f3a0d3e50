using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Find;

/// <summary>
/// Looks for a job whose submit was sent and never answered: because the connection broke, or because the program died in between. It never
/// submits. What cannot be found ends as <see cref="GenerationPhase.Unknown"/>.
/// </summary>
internal sealed class JobFinder(
    IEgress egress, ProviderTable providers, IGenerationStore store, GenerationWriter writer, JobCalls calls, IOptions<JobsOptions> options, TimeProvider time)
{
    private const int MostPages = 10;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        if (generation.State.Phase == GenerationPhase.Submitting)
        {
            await writer.WriteAsync(generation, s => s.WithAttempt(a => a with { Outcome = AttemptOutcome.Unknown }) with { Phase = GenerationPhase.Unknown });
        }

        var state = generation.State;
        if (providers.FindForJob(state.Provider, state.Adapter) is { Search: { } search } adapter
            && generation.Request is { } request && state is { JobLocation: { } jobLocation, SubmittedAt: { } submittedAt })
        {
            var until = time.GetUtcNow() + options.Value.FindWindow;
            for (var pause = TimeSpan.FromMilliseconds(500); ; pause = pause < LongestPause ? pause * 2 : LongestPause)
            {
                if (await FindAsync(state.Id, adapter, search, jobLocation, request, submittedAt, stopping) is { } job)
                {
                    await FollowAsync(generation, job);
                    return;
                }

                if (time.GetUtcNow() + pause >= until)
                {
                    break;
                }

                generation.ProviderTime += pause;
                await Pause.ForAsync(pause, time, stopping);
                stopping.ThrowIfCancellationRequested();
            }
        }

        var error = ErrorOf(generation.State);
        if (await calls.WaitAsync(generation, error, stopping) is { } called
            && await store.TryTakeJobAsync(generation.State.Id, generation.State.JobLocation!.Cluster, called.NativeId, stopping))
        {
            await FollowAsync(generation, called);
            return;
        }

        await GiveUpAsync(generation, error);
    }

    private async ValueTask FollowAsync(Generation generation, JobHandle job)
    {
        await writer.WriteAsync(generation, s => s.WithAttempt(a => a with { Outcome = AttemptOutcome.Accepted, Code = null }) with
        {
            Phase = GenerationPhase.Running,
            Job = job,
            SubmitFailure = null,
        });
        generation.Request = null;
        generation.Native = null;
    }

    private async Task<JobHandle?> FindAsync(
        string id, ProviderAdapter adapter, JobSearch search, JobLocation jobLocation, GenerationRequest request, DateTimeOffset submittedAt, CancellationToken stopping)
    {
        string? cursor = null;
        for (var page = 0; page < MostPages; page++)
        {
            var exchange = await egress.SendToAsync(adapter, jobLocation, NativeCall.Find, search.Build(cursor), null, stopping);
            if (exchange?.Response is not { IsSuccess: true } response)
            {
                return null;
            }

            FoundJobs found;
            try
            {
                found = search.Read(response, request, submittedAt);
            }
            catch (JsonException)
            {
                return null;
            }

            foreach (var job in found.Candidates)
            {
                // Two lost submits of the same request may be looked for at once: each job goes to one of them.
                if (await store.TryTakeJobAsync(id, jobLocation.Cluster, job.NativeId, stopping))
                {
                    return job;
                }
            }

            if (found.NextCursor is null)
            {
                return null;
            }

            cursor = found.NextCursor;
        }

        return null;
    }

    private GenerationError ErrorOf(GenerationState state) => state.SubmitFailure is { } doubt
        ? Failures.ToError(doubt, state.Provider, time.GetUtcNow(), reason: Failures.SubmitOutcomeUnknown)
        : Failures.LostInRestart(state.Provider, time.GetUtcNow());

    private async Task GiveUpAsync(Generation generation, GenerationError error)
    {
        await writer.EndAsync(generation, GenerationPhase.Unknown, s => s with { Error = error, FailedAtProvider = true });
        generation.Request = null;
        generation.Native = null;
    }
}
