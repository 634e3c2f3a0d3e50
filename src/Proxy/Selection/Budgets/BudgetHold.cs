namespace Framegate.Proxy.Selection.Budgets;

/// <summary>What one generation counts against its client's budgets at this moment.</summary>
/// <param name="client">The client.</param>
/// <param name="at">When the generation was asked for; it counts on that day and in that month.</param>
/// <param name="id">The generation.</param>
internal sealed class BudgetHold(string client, DateTimeOffset at, string id = "")
{
    /// <summary>The client.</summary>
    public string Client { get; } = client;

    /// <summary>The generation.</summary>
    public string Id { get; } = id;

    /// <summary>When the generation was asked for.</summary>
    public DateTimeOffset At { get; } = at;

    /// <summary>The revision of the generation that the store has last been given.</summary>
    public int Revision { get; set; }

    /// <summary>What the store counts of it by itself, USD: the charge of the revision that it has last been given. The rest is reserved there apart.</summary>
    public decimal Counted { get; set; }

    /// <summary>True once something is reserved where other processes see it, for as long as such a reservation holds. The ledger alone changes it.</summary>
    public bool IsShared { get; set; }

    /// <summary>The day it counts on, UTC.</summary>
    public DateOnly Day { get; } = DateOnly.FromDateTime(at.UtcDateTime);

    /// <summary>The amount, USD. The ledger alone changes it.</summary>
    public decimal Amount { get; set; }

    /// <summary>True once the store has the generation, and with it the amount. The ledger alone changes it.</summary>
    public bool IsStored { get; set; }
}
