namespace Framegate.Transforms.Schemas.Responses;

/// <summary>How a budget stands.</summary>
/// <param name="Name">Which: <c>per_day</c>, <c>per_month</c> or <c>total</c>.</param>
/// <param name="Limit">The budget, USD.</param>
/// <param name="Left">What is left of it, USD.</param>
/// <param name="Renews">When it begins anew; null for never.</param>
public sealed record BudgetReport(string Name, decimal Limit, decimal Left, DateTimeOffset? Renews);
