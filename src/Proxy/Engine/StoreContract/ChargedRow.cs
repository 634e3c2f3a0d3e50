namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>What a client's generations count against its budgets, USD.</summary>
/// <param name="Client">The client.</param>
/// <param name="Today">Those of the day.</param>
/// <param name="Month">Those of the day's month.</param>
/// <param name="Total">All of them.</param>
internal sealed record ChargedRow(string Client, decimal Today, decimal Month, decimal Total);
