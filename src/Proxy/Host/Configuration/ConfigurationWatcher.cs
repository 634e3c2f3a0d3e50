using System.Threading.Channels;
using Framegate.Proxy.Common.Telemetry;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>
/// Has the file looked at whenever the system reports a change, and about once a second in any case. Mounted volumes report nothing, and links
/// lead to folders that come and go.
/// </summary>
internal sealed class ConfigurationWatcher(ConfigurationFile file, ConfigurationGuard guard, TimeProvider time, ILogger<ConfigurationWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at a file that is changing.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var signals = new FileSignals(file.Path, () => _wake.Writer.TryWrite(true), logger);
        signals.Watch();
        var settled = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            await WaitAsync(settled, stoppingToken);
            try
            {
                var before = guard.Status.LastAttemptAt;
                settled = await guard.LookAsync(stoppingToken);
                if (guard.Status.LastAttemptAt != before)
                {
                    // A link may lead to another folder now.
                    signals.Watch();
                }
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.ConfigurationNotRead(logger, e);
                settled = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task WaitAsync(bool settled, CancellationToken stoppingToken)
    {
        if (!settled)
        {
            // Whoever writes in many small steps must not make us look at each.
            await Task.Delay(Settling, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        using var timer = new CancellationTokenSource(Interval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, timer.Token);
        Task woken = _wake.Reader.WaitToReadAsync(either.Token).AsTask();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _wake.Reader.TryRead(out _);
    }
}
