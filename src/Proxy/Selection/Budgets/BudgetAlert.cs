namespace Framegate.Proxy.Selection.Budgets;

/// <summary>A budget of a client has been used up to its mark.</summary>
/// <param name="Client">The client.</param>
/// <param name="Budget">Which: <c>per_day</c>, <c>per_month</c> or <c>total</c>.</param>
/// <param name="Period">The day or month, as in 2026-11-29 or 2026-11; <c>all</c> for the total.</param>
/// <param name="Percent">The mark, per cent.</param>
/// <param name="Used">What is spent and reserved, USD.</param>
/// <param name="Limit">The budget, USD.</param>
internal sealed record BudgetAlert(string Client, string Budget, string Period, int Percent, decimal Used, decimal Limit)
{
    /// <summary>The same for the same budget and period, so that a receiver knows a notice that it has had.</summary>
    public string Id => $"alert_{Client}_{Budget}_{Period}_{Percent}";
}
