using Framegate.Plugins;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>What became of one candidate when a request was checked against it.</summary>
/// <param name="Candidate">The candidate.</param>
/// <param name="Adapter">Its adapter; null when the provider is not configured.</param>
/// <param name="Model">Its model; null when it is not offered.</param>
/// <param name="MappedRequest">The native request, or why there is none; null when it did not come to that.</param>
/// <param name="Refusal">Why it is left out; null when it can do the request.</param>
internal sealed record PlannedCandidate(Candidate Candidate, ProviderAdapter? Adapter, ModelInfo? Model, MappedRequest? MappedRequest, GenerationError? Refusal);
