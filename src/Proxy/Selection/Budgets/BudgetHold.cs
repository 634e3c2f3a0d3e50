namespace Framegate.Proxy.Selection.Budgets;

/// <summary>What one generation counts against its client's budgets at this moment.</summary>
/// <param name="client">The client.</param>
/// <param name="at">When the generation was asked for; it counts on that day and in that month.</param>
internal sealed class BudgetHold(string client, DateTimeOffset at)
{
    /// <summary>The client.</summary>
    public string Client { get; } = client;

    /// <summary>The day it counts on, UTC.</summary>
    public DateOnly Day { get; } = DateOnly.FromDateTime(at.UtcDateTime);

    /// <summary>The amount, USD. The ledger alone changes it.</summary>
    public decimal Amount { get; set; }

    /// <summary>True once the store has the generation, and with it the amount. The ledger alone changes it.</summary>
    public bool IsStored { get; set; }
}
