namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>What one client spent on one day for one model of a provider.</summary>
/// <param name="Day">The day that the generations were asked for on, UTC.</param>
/// <param name="Provider">The provider.</param>
/// <param name="Model">Its model.</param>
/// <param name="Client">The client.</param>
/// <param name="Generations">How many.</param>
/// <param name="Cost">What they cost, USD.</param>
/// <param name="Estimated">The part of <paramref name="Cost"/> that comes from a price list, USD.</param>
/// <param name="FailedCost">The part of <paramref name="Cost"/> that failed ones cost, USD.</param>
/// <param name="Failed">How many failed.</param>
/// <param name="Saved">What the cache, or an identical request, has spared, USD.</param>
internal sealed record SpendRow(
    DateOnly Day, string Provider, string Model, string Client, long Generations, decimal Cost, decimal Estimated, decimal FailedCost, long Failed, decimal Saved);
