namespace Framegate.Proxy.Selection.Candidates;

/// <summary>A model of a provider that a generation may run on. Stored with the generation, so that a restart, or another configuration, changes nothing for it.</summary>
/// <param name="Provider">The cluster.</param>
/// <param name="Model">The model's id.</param>
/// <param name="Priority">The lowest is first.</param>
/// <param name="Weight">Its share.</param>
internal sealed record Candidate(string Provider, string Model, int Priority, double Weight);
