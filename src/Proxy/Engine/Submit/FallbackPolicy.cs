using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>Finds the candidate that goes on where another one came to nothing. It never decides that a submit with an unknown outcome may be repeated.</summary>
internal sealed class FallbackPolicy(
    ProviderTable providers, ModelCatalogue catalogue, AliasTable aliases, CandidatePicker picker, RequestMapper mapper, ClientKeys clients, IBudgetLedger budgets, GenerationWriter writer,
    IOptionsMonitor<JobsOptions> options, ILogger<FallbackPolicy> logger)
{
    /// <summary>What a request may do.</summary>
    public RetryBudget BudgetOf(GenerationState state, GenerationRequest request) =>
        new(options.CurrentValue, request.Retry, state.Candidates?.Count ?? 1);

    /// <summary>The next candidate, mapped; its job is counted already.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="request">Its request.</param>
    /// <param name="tried">Candidates that are not to be tried now.</param>
    /// <param name="onlyReady">True to take only one that can be given a job at once.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="spent">What those before it have billed, USD; null where the generation holds that.</param>
    /// <returns>Null when none is left.</returns>
    public async ValueTask<FallbackCandidate?> NextAsync(
        Generation generation, GenerationRequest request, IReadOnlyList<Candidate> tried, bool onlyReady, CancellationToken cancellationToken, decimal? spent = null)
    {
        var state = generation.State;
        if (state is not { Candidates: { Count: > 1 } candidates, Alias: { } name })
        {
            return null;
        }

        var alias = aliases.Restore(name, state.Strategy, candidates);
        var left = candidates.Where(c => state.ExcludedCandidates?.Contains(c) != true && !tried.Contains(c) && (!onlyReady || picker.IsReady(c.Provider))).ToList();
        while (left.Count > 0)
        {
            var index = picker.Pick(alias, left, hold: true);
            if (index < 0)
            {
                return null;
            }

            var candidate = left[index];
            FallbackCandidate? mapped;
            try
            {
                mapped = await MapAsync(candidate, request, generation, spent ?? state.Spent, cancellationToken);
            }
            catch
            {
                picker.Release(candidate);
                throw;
            }

            if (mapped is { } fallbackCandidate)
            {
                generation.ReleaseReservation();
                generation.Reservation = aliases.TargetOf(candidate).Load;
                return fallbackCandidate;
            }

            picker.Release(candidate);
            left.RemoveAt(index);
        }

        return null;
    }

    /// <summary>Sends a generation on whose job has failed at its provider, where that is allowed.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="failure">Why the job failed.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>True when it goes on; it is queued then.</returns>
    public async ValueTask<bool> GoOnAsync(Generation generation, ProviderFailure failure, CancellationToken cancellationToken)
    {
        var state = generation.State;
        if (generation.Request is not { } request || state.CancelRequested || state.Error is not null || generation.Clock.Now >= generation.Deadline
            || !BudgetOf(state, request).MayMoveOn(state.Attempts.Count, failure))
        {
            return false;
        }

        var spent = state.CostAfter(failure) ?? state.Spent;
        var bills = spent > state.Spent ? [.. state.Bills ?? [], new(state.Provider, state.Model, spent - state.Spent, state.CostEstimated && failure.Cost is null)] : state.Bills;
        IReadOnlyList<Candidate> failed = state.Picked is { } picked ? [picked] : [];
        if (await NextAsync(generation, request, failed, onlyReady: false, cancellationToken, spent) is { } fallbackCandidate)
        {
            await writer.WriteFactAsync(generation, s => fallbackCandidate.Of(Failed(s)) with { ExcludedCandidates = [.. s.ExcludedCandidates ?? [], .. failed] });
            generation.Native = fallbackCandidate.MappedRequest.Native;
            Log.FellBack(logger, fallbackCandidate.Candidate.Provider, failure.Code, state.Provider);
            return true;
        }

        if (request.Retry?.RetryOn?.Contains(failure.Code) != true || providers.Find(state.Provider) is not { } adapter
            || await MapAsync(new Candidate(state.Provider, state.Model, 0, 1), request, generation, spent, cancellationToken) is not { } again)
        {
            return false;
        }

        // There is nobody else, and the caller has listed this code to be tried again.
        await writer.WriteFactAsync(generation, s => (again with { Adapter = adapter }).Of(Failed(s)));
        generation.Native = again.MappedRequest.Native;
        return true;

        GenerationState Failed(GenerationState s) => s.WithAttempt(a => a with { Outcome = AttemptOutcome.Accepted, Code = failure.Code, Billed = failure.Billed }) with
        {
            Spent = spent,
            Bills = bills,
            Job = null,
            JobLocation = null,
            SubmittedAt = null,

            // A call about the job that has failed proves nothing about the next one.
            WebhookToken = null,
            CalledJob = null,
            Progress = null,
            SubmitFailure = null,
        };
    }

    /// <summary>Maps the request for a candidate, and reserves what it may cost beyond what is reserved already.</summary>
    /// <returns>Null when it cannot do the request, or may not for its price.</returns>
    private async ValueTask<FallbackCandidate?> MapAsync(Candidate candidate, GenerationRequest request, Generation generation, decimal spent, CancellationToken cancellationToken)
    {
        var state = generation.State;
        if (providers.Find(candidate.Provider) is not { } adapter || catalogue.Find(candidate.Provider, candidate.Model) is not { } model)
        {
            return null;
        }

        var mapped = await mapper.MapAsync(adapter, model, request, generation.Inputs, cancellationToken);
        if (mapped.Refusal is not null || (state.MaxCost is { } most && !(spent + mapped.EstimatedCost <= most))
            || (mapped.EstimatedCost is null && clients.SettingsOf(state.Client).NeedsPrice()))
        {
            return null;
        }

        var needed = Math.Max(state.Reserved, spent + (mapped.EstimatedCost ?? 0));
        if (generation.BudgetHold is { } hold && needed > hold.Amount)
        {
            if (await budgets.TryReserveAsync(hold, needed, cancellationToken) is not null)
            {
                return null;
            }

            // A change that comes before the candidate is written down, as a call of the provider, counts it too.
            generation.Update(s => s with { Reserved = Math.Max(s.Reserved, needed) });
        }

        return new FallbackCandidate(candidate, adapter, mapped);
    }
}
