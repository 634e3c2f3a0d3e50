using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Limits;

namespace Framegate.Proxy.Engine;

/// <summary>
/// Leaves the places of those that wait here for a turn where other replicas find them. Nobody waits for it, and nothing stands on it: a report that fails or takes too long
/// is left out, and the next one follows.
/// </summary>
internal sealed class QueueReporter(ProviderLimiters limiters, IQueuePlaces reports, StoreOwner owner, TimeProvider time, ILogger<QueueReporter> logger) : BackgroundService
{
    /// <summary>How many are reported of one provider; those behind them have no place at other replicas.</summary>
    internal const int Most = 1000;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);
    private bool _isReported;
    private bool _isLogged;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Pause.ForAsync(s_pause, time, stoppingToken);
            await ReportAsync(stoppingToken);
        }
    }

    /// <summary>One report; none where nobody waits, and nobody has before.</summary>
    internal async Task ReportAsync(CancellationToken stopping)
    {
        // Whatever goes wrong: what a background service throws ends the program.
        var waiting = 0;
        try
        {
            var places = limiters.All.Where(l => l.Waiting > 0).SelectMany(PlacesOf).ToList();
            waiting = places.Count;
            if (waiting == 0 && !_isReported)
            {
                return;
            }

            using var patience = new CancellationTokenSource(s_patience, time);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
            _isReported = true;
            await reports.ReportAsync(owner.Id, places, end.Token);
            (_isReported, _isLogged) = (waiting > 0, false);
        }
        catch (Exception e)
        {
            if (!_isLogged && !stopping.IsCancellationRequested)
            {
                // Once in an outage.
                _isLogged = true;
                Log.QueueNotReported(logger, waiting, e.Message);
            }
        }
    }

    private static IEnumerable<WaitingPlace> PlacesOf(ProviderLimiter limiter) => limiter.First(Most)
        .Select((turn, i) => (turn.Id, Position: i + 1))
        .Where(w => w.Id is not null)
        .Select(w => new WaitingPlace(w.Id!, w.Position, (long?)limiter.EstimateOf(w.Position)?.TotalMilliseconds));
}
