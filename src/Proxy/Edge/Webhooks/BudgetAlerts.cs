using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Selection.Budgets;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>
/// Notifies the operator of a budget that has reached its mark: in the log, and at the client's <c>AlertUrl</c> in the form of a callback. A notice is tried
/// some times; after a restart it is sent once more, with the same id.
/// </summary>
internal sealed class BudgetAlerts : BackgroundService
{
    private const int MostWaiting = 256;
    private const int MostTries = 6;
    private const int AtOnce = 8;
    private readonly Channel<BudgetAlert> _alerts = Channel.CreateBounded<BudgetAlert>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly ClientKeys _clients;
    private readonly IOptions<CallbackOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<BudgetAlerts> _logger;
    private readonly SignedPost _post;

    public BudgetAlerts(BudgetLedger ledger, ClientKeys clients, CallbackSecrets secrets, IOptions<CallbackOptions> options, TimeProvider time, ILogger<BudgetAlerts> logger)
    {
        (_clients, _options, _time, _logger) = (clients, options, time, logger);

        // The operator names the address, and may run the receiver beside the gateway.
        _post = new SignedPost((_, _) => true, secrets, options, time);
        ledger.Alerted += alert => _alerts.Writer.TryWrite(alert);
    }

    public override void Dispose()
    {
        _post.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Parallel.ForEachAsync(
                _alerts.Reader.ReadAllAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
                async (alert, stopping) => await NotifyAsync(alert, stopping));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The program stops, or did not come to start.
        }
    }

    private async Task NotifyAsync(BudgetAlert alert, CancellationToken stopping)
    {
        Log.BudgetMark(_logger, alert.Client, alert.Used, alert.Limit, alert.Budget, alert.Period, alert.Percent);
        if (_clients.SettingsOf(alert.Client).Budget?.AlertUrl is not { } url)
        {
            return;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(
            new BudgetNotice("budget.alert", alert.Id, alert.Client, alert.Budget, alert.Period, alert.Percent, alert.Used, alert.Limit, _time.GetUtcNow()), BudgetNoticeJson.Default.BudgetNotice);
        for (var attempt = 1; attempt <= MostTries; attempt++)
        {
            if ((await _post.SendAsync(alert.Id, url, alert.Client, body, [], stopping)).Try.Error is not { } failure)
            {
                return;
            }

            if (attempt == MostTries)
            {
                Log.BudgetNoticeLost(_logger, alert.Client, failure);
                return;
            }

            await Pause.ForAsync(CallbackSchedule.PauseAfter(_options.Value.FirstPause, attempt, null, Random.Shared.NextDouble()), _time, stopping);
        }
    }
}

/// <summary>The body of a notice.</summary>
/// <param name="Type">What it is: <c>budget.alert</c>.</param>
/// <param name="Id">The same for the same budget and period.</param>
/// <param name="Client">The client.</param>
/// <param name="Budget">Which budget.</param>
/// <param name="Period">The day or month; <c>all</c> for the total.</param>
/// <param name="Percent">The mark.</param>
/// <param name="Used">What is spent and reserved, USD.</param>
/// <param name="Limit">The budget, USD.</param>
/// <param name="Timestamp">When.</param>
internal sealed record BudgetNotice(
    string Type, string Id, string Client, string Budget, string Period, int Percent, decimal Used, decimal Limit, DateTimeOffset Timestamp);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BudgetNotice))]
internal sealed partial class BudgetNoticeJson : JsonSerializerContext;
