using Framegate.Proxy.Selection.Budgets;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>Others have spent what was reserved for this generation before it was stored. Nothing was stored, and nothing was sent.</summary>
/// <param name="room">What the budget has left.</param>
internal sealed class NotReservedException(BudgetRoom room) : Exception("Others have spent what was reserved for this generation.")
{
    /// <summary>What the budget has left.</summary>
    public BudgetRoom Room => room;
}
