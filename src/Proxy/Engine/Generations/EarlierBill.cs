namespace Framegate.Proxy.Engine.Generations;

/// <summary>What a job that has failed may have cost, where its generation went on to another one.</summary>
/// <param name="Provider">The provider of that job.</param>
/// <param name="Model">Its model.</param>
/// <param name="Cost">USD.</param>
/// <param name="Estimated">True when that comes from a price list.</param>
internal sealed record EarlierBill(string Provider, string Model, decimal Cost, bool Estimated);
