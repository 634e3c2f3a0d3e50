using Framegate.Proxy.Clients;

namespace Framegate.Proxy.Selection.Budgets;

/// <summary>Budgets that several processes spend from, so that no two of them spend the same money.</summary>
internal interface ISharedBudgets
{
    /// <summary>
    /// Reserves more for a generation, in the place of what is reserved here already. It counts until the store has a revision that is newer than the hold's; without one it is
    /// given back after two minutes.
    /// </summary>
    /// <param name="hold">What the generation holds.</param>
    /// <param name="more">How much more, USD.</param>
    /// <param name="budget">What its client may spend.</param>
    /// <param name="today">The day, UTC.</param>
    /// <param name="from">What was reserved for several before, and is used first; null for nothing.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Whether it is reserved, and what the client had spent and reserved before, over all processes.</returns>
    ValueTask<(bool IsReserved, ClientSpending Before)> TryReserveAsync(BudgetHold hold, decimal more, ClientBudget budget, DateOnly today, BudgetHold? from, CancellationToken cancellationToken);

    /// <summary>Gives back what is reserved for a generation that never came to be. Where that cannot be done now, time does it.</summary>
    void Release(BudgetHold hold);
}
