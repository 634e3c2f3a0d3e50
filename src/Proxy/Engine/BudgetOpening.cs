using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Budgets;

namespace Framegate.Proxy.Engine;

/// <summary>
/// Fills the ledger from the store, once that is open and before anything is admitted or taken up; and every two seconds where other replicas spend too, so that
/// most of what there is no money for is refused without asking the store.
/// </summary>
internal sealed class BudgetOpening(BudgetLedger ledger, IGenerationReports reports, IFleet fleet, TimeProvider time, ILogger<BudgetOpening> logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await ReadAsync(cancellationToken))
        {
            ledger.Open(row.Client, row.Today, row.Month, row.Total);
        }

        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (fleet.IsShared && !stoppingToken.IsCancellationRequested)
        {
            await Pause.ForAsync(Pace, time, stoppingToken);
            try
            {
                var unstored = ledger.BeginReading();
                foreach (var row in await ReadAsync(stoppingToken))
                {
                    ledger.Refill(unstored, row.Client, new ClientSpending(row.Today, row.Month, row.Total));
                }
            }
            catch (Exception e) when (e is OperationCanceledException || StoreUnavailableException.TryLog(logger, e))
            {
                // What is known stays.
            }
        }
    }

    private ValueTask<IReadOnlyList<ChargedRow>> ReadAsync(CancellationToken cancellationToken) =>
        reports.ChargedAsync(DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), cancellationToken);
}
