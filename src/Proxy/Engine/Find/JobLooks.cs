using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Engine.Submit;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Find;

/// <summary>The ways to look for a lost job at its provider. Each is one look, where the job was sent to.</summary>
internal sealed class JobLooks(IEgress egress, SubmitsUnderway underway, IGenerationStore store, IOptions<JobsOptions> options, TimeProvider time)
{
    private const int MostPages = 10;
    private static readonly TimeSpan LargestSkew = TimeSpan.FromSeconds(3);
    private readonly Bulkhead _gate = new(options.Value.SubmitParallelism, options.Value.SubmitsPerProvider);

    /// <summary>Looks once.</summary>
    /// <param name="by">The way.</param>
    /// <param name="adapter">The adapter of the provider.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="submit">Its lost submit.</param>
    /// <param name="stopping">Stops.</param>
    public async Task<Look> LookAsync(ReconciledBy by, ProviderAdapter adapter, Generation generation, LostSubmit submit, CancellationToken stopping)
    {
        using var place = await _gate.EnterAsync(generation.State.Provider, generation.State.Client, stopping);
        try
        {
            return by switch
            {
                ReconciledBy.ExternalId => await AskAsync(adapter, adapter.Reconciliation.ExternalId!, generation.State, submit, stopping),
                ReconciledBy.IdempotencyKey => await RepeatAsync(adapter, generation.State, submit),
                ReconciledBy.List => await SearchAsync(adapter, adapter.Reconciliation.List!, generation.State, submit, stopping),
                _ => new Look.Nothing(),
            };
        }
        catch (JsonException)
        {
            return new Look.Nothing();
        }
    }

    private async Task<Look> AskAsync(ProviderAdapter adapter, ExternalId externalId, GenerationState state, LostSubmit submit, CancellationToken stopping)
    {
        var request = externalId.Build(submit, SubmitId.Of(state, state.Attempts.Count));
        var exchange = await egress.SendToAsync(adapter, state.JobLocation!, NativeCall.Find, request, null, null, stopping);
        return exchange?.Response is not { } response || externalId.Read(response, submit) is not { } found ? new Look.Nothing()
            : found.Candidates.Count > 0 ? new Look.Found(found.Candidates[0])
            : found.IsUncertain ? new Look.Nothing()
            : new Look.Absent();
    }

    /// <summary>Sends the submit again with its key: the provider runs it once. Most answers prove nothing about the first: it may have used up the credit, or the limit.</summary>
    /// <remarks>Not cancellable, as the first was not: its answer may be the last word of a job that is paid.</remarks>
    private async Task<Look> RepeatAsync(ProviderAdapter adapter, GenerationState state, LostSubmit submit)
    {
        if (submit.Native is not { } native)
        {
            return new Look.Nothing();
        }

        var request = SubmitId.Put(adapter, native, state, state.Attempts.Count);
        using var repeated = underway.Begin();
        if (await egress.SendToAsync(adapter, state.JobLocation!, NativeCall.Submit, request, null, null, CancellationToken.None) is not { Response: { } response } exchange)
        {
            return new Look.Nothing();
        }

        var outcome = SubmitAnswer.Read(exchange, submit.Model, time.GetUtcNow());
        return outcome switch
        {
            JobOutcome.Running or JobOutcome.Succeeded or JobOutcome.Failed { Failure.Acceptance: Acceptance.Yes } => new Look.Answered(exchange, outcome),
            JobOutcome.Failed { Failure: { Acceptance: Acceptance.No, Code: ErrorCode.InvalidRequest or ErrorCode.ContentPolicyViolation } }
                when response.Status != StatusCodes.Status409Conflict => new Look.Answered(exchange, outcome),
            JobOutcome.Failed { Failure.RetryAfter: var wait } => new Look.Nothing(wait),
            _ => new Look.Nothing(),
        };
    }

    /// <summary>
    /// Whether the provider's clock and this machine's may differ: the time of the submit does not separate its jobs from those of before, then. A date that is not there
    /// shows nothing; one that cannot be read, or is old by the time it is here, proves nothing.
    /// </summary>
    private bool IsSkewed(NativeResponse response) =>
        response.Header("Date") is { } date
        && (!DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out var there) || (there - time.GetUtcNow()).Duration() > LargestSkew);

    private async Task<Look> SearchAsync(ProviderAdapter adapter, JobList list, GenerationState state, LostSubmit submit, CancellationToken stopping)
    {
        string? cursor = null;
        var isUncertain = false;
        for (var page = 0; page < MostPages; page++)
        {
            var exchange = await egress.SendToAsync(adapter, state.JobLocation!, NativeCall.Find, list.Build(submit, cursor), null, null, stopping);
            if (exchange?.Response is not { IsSuccess: true } response)
            {
                return new Look.Nothing();
            }

            var found = list.Read(response, submit);
            isUncertain |= found.IsUncertain || IsSkewed(response);
            foreach (var job in found.Candidates)
            {
                // Two lost submits of the same request may be looked for at once: each job goes to one of them.
                if (await store.TryTakeJobAsync(state.Id, state.JobLocation!.Cluster, job.NativeId, stopping))
                {
                    return new Look.Found(job);
                }
            }

            if (found.NextCursor is null)
            {
                return isUncertain ? new Look.Nothing() : new Look.Absent();
            }

            cursor = found.NextCursor;
        }

        return new Look.Nothing();
    }
}
