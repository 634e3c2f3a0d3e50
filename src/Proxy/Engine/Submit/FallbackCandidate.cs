using Framegate.Plugins;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Mapping;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>Another candidate that takes a generation over.</summary>
/// <param name="Candidate">The candidate.</param>
/// <param name="Adapter">Its adapter.</param>
/// <param name="MappedRequest">The native request for it.</param>
internal sealed record FallbackCandidate(Candidate Candidate, ProviderAdapter Adapter, MappedRequest MappedRequest)
{
    /// <summary>The generation with this candidate in the place of the last one.</summary>
    public GenerationState Of(GenerationState state) => state with
    {
        Phase = Transforms.Schemas.Responses.GenerationPhase.Queued,
        Provider = Candidate.Provider,
        Adapter = Adapter.Name,
        Model = Candidate.Model,
        Warnings = MappedRequest.Warnings,
        Cost = state.Total(MappedRequest.EstimatedCost),
        CostEstimated = MappedRequest.EstimatedCost is not null,
        Reserved = Math.Max(state.Reserved, state.Spent + (MappedRequest.EstimatedCost ?? 0)),
    };
}
