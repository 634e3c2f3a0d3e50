namespace Framegate.Proxy.Engine.Generations;

/// <summary>One delivery that is due.</summary>
/// <param name="Id">Its number; the receiver sees it in <c>webhook-id</c> and drops repeats by it.</param>
/// <param name="Generation">The generation it tells about.</param>
/// <param name="Url">Where to.</param>
/// <param name="Attempts">How many deliveries have failed.</param>
/// <param name="Due">When the next one is due.</param>
internal sealed record Callback(long Id, string Generation, string Url, int Attempts, DateTimeOffset Due);
