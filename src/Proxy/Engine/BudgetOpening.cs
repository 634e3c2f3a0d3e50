using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Selection.Budgets;

namespace Framegate.Proxy.Engine;

/// <summary>Fills the ledger from the store, once that is open and before anything is admitted or taken up.</summary>
internal sealed class BudgetOpening(BudgetLedger ledger, IGenerationReports reports, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await reports.ChargedAsync(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), cancellationToken))
        {
            ledger.Open(row.Client, row.Today, row.Month, row.Total);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
