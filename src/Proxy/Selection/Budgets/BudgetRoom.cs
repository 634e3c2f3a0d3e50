using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Selection.Budgets;

/// <summary>What a budget leaves.</summary>
/// <param name="Name">Which: <c>per_day</c>, <c>per_month</c> or <c>total</c>.</param>
/// <param name="Limit">The budget, USD.</param>
/// <param name="Left">What is left of it, USD; never below 0.</param>
/// <param name="Renews">When it begins anew; null for never.</param>
internal sealed record BudgetRoom(string Name, decimal Limit, decimal Left, DateTimeOffset? Renews)
{
    /// <summary>As a client sees it.</summary>
    public BudgetReport Report => new(Name, Limit, Left, Renews);
}
