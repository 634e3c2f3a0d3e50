namespace Framegate.Proxy.Selection.Budgets;

/// <summary>
/// What is reserved for the parts of one call that are still to be begun. The budgets have room for all of them or for none, and what is left is given back.
/// </summary>
internal sealed class PartsHold(IBudgetLedger budgets) : IDisposable
{
    /// <summary>The reservation; null before the first part has made it. Each part takes its share out of it.</summary>
    public BudgetHold? Hold { get; set; }

    public void Dispose()
    {
        if (Hold is { } rest)
        {
            budgets.Settle(rest, 0);
        }
    }
}
