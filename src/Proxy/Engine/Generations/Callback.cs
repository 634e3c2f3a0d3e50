namespace Framegate.Proxy.Engine.Generations;

/// <summary>One delivery.</summary>
/// <param name="Id">No other has the same; the receiver sees it in <c>webhook-id</c> and drops repeats by it.</param>
/// <param name="Generation">The generation it reports.</param>
/// <param name="Url">Where to.</param>
/// <param name="Attempts">How many deliveries have failed.</param>
/// <param name="Due">When the next one is due.</param>
internal sealed record Callback(string Id, string Generation, string Url, int Attempts, DateTimeOffset Due);
