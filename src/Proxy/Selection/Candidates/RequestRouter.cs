using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>Finds out where a request can go, and maps it for each candidate, so that only those are considered that can do it.</summary>
internal sealed class RequestRouter(
    ProviderTable providers, ModelCatalogue catalogue, AliasTable aliases, CandidatePicker picker, RequestMapper mapper, HostSettings settings, IOptionsMonitor<RetirementOptions> retirement,
    TimeProvider time)
{
    /// <summary>A successor may have one itself.</summary>
    private const int MostSuccessors = 5;

    /// <summary>Plans a request. Nothing is sent, nothing is stored.</summary>
    /// <param name="request">The request.</param>
    /// <param name="terms">What it may go to, and what it may cost.</param>
    /// <param name="hold">True to count a job at the pick, so that the next plan sees it; <see cref="CandidatePicker.Release"/> takes it off.</param>
    /// <param name="inputs">Takes the media inputs that are read for it, which its native requests need until they are sent.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async ValueTask<RoutePlan> PlanAsync(GenerationRequest request, SpendingTerms terms, bool hold, ReadInputs inputs, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var native in request.Parameters.Native.Keys)
        {
            if (!providers.IsExtrasKey(native))
            {
                return RoutePlan.Refused(RequestErrors.Of(
                    now, "parameters." + native, "It is no parameter and no provider.", [.. NeutralParameter.Names, .. providers.ExtrasKeys]));
            }
        }

        if (request.Provider != GenerationRequest.AnyProvider)
        {
            var named = new Candidate(request.Provider, request.Model, 0, 1);
            var candidate = retirement.CurrentValue.FollowSuccessors && SuccessorOf(named) is { } next ? next : named;
            var only = await CheckAsync(candidate, request, terms, asked: candidate == named ? null : named.Model, byName: true, inputs, cancellationToken);
            if (candidate != named && only.MappedRequest is { } moved)
            {
                only = only with { MappedRequest = moved with { Warnings = [$"model: {named.Model} was retired by its maker; {candidate.Model}, which follows it, was asked.", .. moved.Warnings] } };
            }

            return only.Refusal is { } refusal ? RoutePlan.Refused(refusal) with { All = [only] } : new RoutePlan { Picked = only, All = [only] };
        }

        return aliases.Find(request.Model) is { } alias
            ? await PlanAsync(alias, request, terms, hold, inputs, cancellationToken)
            : RoutePlan.Refused(RequestErrors.UnknownModel(now, "No provider has this model, and it is no alias.", aliases.Names));
    }

    /// <summary>Why nothing that a request asks for may be used, whatever the cache has of it.</summary>
    /// <returns>Null when something may, or there is nothing of this name.</returns>
    public GenerationError? Forbids(GenerationRequest request, SpendingTerms terms)
    {
        if (terms.Settings is { Models: null, Providers: null })
        {
            return null;
        }

        var now = time.GetUtcNow();
        if (request.Provider != GenerationRequest.AnyProvider)
        {
            return terms.Forbids(null, request.Provider, request.Model, now);
        }

        return aliases.Find(request.Model) is { } alias && alias.Candidates.All(c => terms.Forbids(alias.Name, c.Provider, c.Model, now) is not null)
            ? RequestErrors.UnknownModel(now, $"The client {terms.Client} may not use {alias.Name}.", terms.Settings.Models ?? terms.Settings.Providers ?? [])
            : null;
    }

    private async ValueTask<RoutePlan> PlanAsync(
        AliasRoute alias, GenerationRequest request, SpendingTerms terms, bool hold, ReadInputs inputs, CancellationToken cancellationToken)
    {
        var all = new List<PlannedCandidate>(alias.Candidates.Count);
        foreach (var named in alias.Candidates)
        {
            // What an alias stands for goes on with the successor, where that is no candidate already.
            var candidate = alias.IsConfigured && SuccessorOf(named) is { } next && !alias.Candidates.Any(c => c.Provider == next.Provider && c.Model == next.Model) ? next : named;
            all.Add(await CheckAsync(candidate, request, terms, alias.Name, byName: !alias.IsConfigured, inputs, cancellationToken));
        }

        if (!alias.IsConfigured && all.Exists(p => p.Refusal is null && !IsRetired(p.Model!)))
        {
            // Asked for by its own name it would be sent all the same; not where another provider still serves it.
            all = [.. all.Select(p => p.Refusal is null && IsRetired(p.Model!) ? p with { Refusal = Retired(p.Model!) } : p)];
        }

        var able = all.FindAll(p => p.Refusal is null);
        var skipped = all.FindAll(p => p.Refusal is not null)
            .ConvertAll(p => new SkippedCandidate(p.Candidate.Provider, p.Candidate.Model, p.Refusal!.Message));
        var plan = new RoutePlan { Alias = alias, All = all, Skipped = skipped.Count == 0 ? null : skipped };
        if (able.Count == 0)
        {
            return plan with { Refusal = NothingLeft(alias, all, skipped) };
        }

        plan = plan with { Candidates = able.ConvertAll(p => p.Candidate) };
        var index = picker.Pick(alias, plan.Candidates, hold);
        return index < 0
            ? plan with { Refusal = RequestErrors.Drained(time.GetUtcNow(), alias.Name) }
            : plan with { Picked = able[index] };
    }

    private async ValueTask<PlannedCandidate> CheckAsync(
        Candidate candidate, GenerationRequest request, SpendingTerms terms, string? asked, bool byName, ReadInputs inputs, CancellationToken cancellationToken)
    {
        var (provider, now) = (candidate.Provider, time.GetUtcNow());
        if (providers.Find(provider) is not { } adapter)
        {
            return Out(null, null, RequestErrors.Of(now, "provider", "There is no such provider.", [.. providers.Names, GenerationRequest.AnyProvider]));
        }

        if (catalogue.Find(provider, candidate.Model) is not { } model)
        {
            return Out(adapter, null, RequestErrors.UnknownModel(
                now, $"{provider} has no such model.", [.. catalogue.ModelsOf(provider).Select(m => m.Id)]));
        }

        if (terms.Forbids(asked, provider, model.Id, now) is { } forbidden)
        {
            return Out(adapter, model, forbidden);
        }

        if (!byName && IsRetired(model))
        {
            return Out(adapter, model, Retired(model));
        }

        if (!providers.HasDestination(provider))
        {
            return Out(adapter, model, RequestErrors.Of(
                now, "provider", settings.Sandbox is null ? "It has no destination." : "The sandbox has no stand-in for it."));
        }

        if (!providers.HasKey(provider))
        {
            return Out(adapter, model, RequestErrors.NoKey(now, provider, providers.WhatToSet(provider)));
        }

        var mapped = await mapper.MapAsync(adapter, model, request, inputs, cancellationToken);
        var refusal = mapped.Refusal ?? terms.Refuses(mapped.EstimatedCost, now);
        return new PlannedCandidate(candidate, adapter, model, mapped, refusal);

        PlannedCandidate Out(ProviderAdapter? a, ModelInfo? m, GenerationError why) => new(candidate, a, m, null, why);
    }

    /// <summary>The model that follows a retired one at the same provider.</summary>
    /// <returns>Null where the model is not retired, or nothing that is offered follows it.</returns>
    private Candidate? SuccessorOf(Candidate candidate)
    {
        Candidate? last = null;
        var model = catalogue.Find(candidate.Provider, candidate.Model);
        for (var i = 0; i < MostSuccessors && model is { Successor: { } next } && IsRetired(model); i++)
        {
            model = catalogue.Find(candidate.Provider, next);
            last = model is null ? last : candidate with { Model = model.Id };
        }

        return last;
    }

    private bool IsRetired(ModelInfo model) => model.Retired is { } day && day <= DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);

    private GenerationError Retired(ModelInfo model) =>
        RequestErrors.UnknownModel(time.GetUtcNow(), FormattableString.Invariant($"{model.Id} was retired by its maker on {model.Retired:yyyy-MM-dd}."), []);

    /// <summary>The error of a request that no candidate can do: as the first candidate that understood it puts it, with the reasons of all.</summary>
    private GenerationError NothingLeft(AliasRoute alias, List<PlannedCandidate> all, List<SkippedCandidate> skipped)
    {
        // What a budget keeps from one that is able is what the caller can act on.
        var first = (all.Find(p => p.Refusal!.Code == ErrorCode.InsufficientCredits) ?? all.Find(p => p.Refusal!.Code == ErrorCode.InvalidRequest) ?? all[0]).Refusal!;
        if (all.Count == 1)
        {
            return first with { Details = (first.Details ?? new ErrorDetails()) with { Skipped = skipped } };
        }

        return new GenerationError
        {
            Code = first.Code,
            Message = $"No candidate of {alias.Name} can do the request: {string.Join(" ", skipped.Select(s => $"{s.Provider}/{s.Model}: {s.Reason}"))}",
            Provider = first.Provider,
            Details = (first.Details ?? new ErrorDetails()) with { Skipped = skipped },
            Timestamp = time.GetUtcNow(),
        };
    }
}
