namespace Framegate.Proxy.Selection.Budgets;

/// <summary>
/// Counts what clients spend. An upper bound is reserved before anything is sent, and settled when the bill is known, so that no budget is overspent by requests
/// that are under way at once. Who has no budget is counted too: it may get one at any time.
/// </summary>
internal interface IBudgetLedger
{
    /// <summary>Reserves an amount for a generation, in the place of what it holds.</summary>
    /// <param name="hold">What the generation holds.</param>
    /// <param name="amount">The amount, USD.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <param name="from">What was reserved for several before, and is used first; null for nothing.</param>
    /// <returns>The budget that has not so much left, and nothing has changed; null when it is reserved.</returns>
    ValueTask<BudgetRoom?> TryReserveAsync(BudgetHold hold, decimal amount, CancellationToken cancellationToken, BudgetHold? from = null);

    /// <summary>Reserves once more what a generation holds: its process was paused for so long that the store does not hold it any more, and others may have spent it.</summary>
    /// <returns>The budget that has not so much left; null when it is reserved, or the client has no budget by now.</returns>
    ValueTask<BudgetRoom?> RenewAsync(BudgetHold hold, CancellationToken cancellationToken);

    /// <summary>Sets what a generation counts, whatever the budgets allow: its bill is known, or it is given up.</summary>
    void Settle(BudgetHold hold, decimal amount);

    /// <summary>Takes note that the store has the generation, and with it what it counts.</summary>
    void Stored(BudgetHold hold);

    /// <summary>Takes note of a generation that is counted already: it was taken up from the store.</summary>
    /// <returns>What it holds.</returns>
    BudgetHold Adopt(string client, DateTimeOffset at, decimal amount, string id = "", int revision = 0);

    /// <summary>The budget of a client that has least left.</summary>
    /// <returns>Null when it has no budget.</returns>
    BudgetRoom? LeastOf(string client);

    /// <summary>What a client has spent and reserved: on this day, in this month, in all.</summary>
    ClientSpending Of(string client);
}

/// <summary>What a client has spent and reserved, USD.</summary>
/// <param name="Today">On this day, UTC.</param>
/// <param name="Month">In this month.</param>
/// <param name="Total">In all.</param>
internal readonly record struct ClientSpending(decimal Today, decimal Month, decimal Total);
