using System.Diagnostics;
using System.Globalization;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>Delivers callbacks until the receiver has answered 2xx, at ever longer pauses. What is due survives a restart.</summary>
internal sealed class CallbackSender : BackgroundService
{
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(15);

    /// <summary>How much longer than a delivery takes nobody else tries it.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(15);
    private readonly ICallbackStore _callbacks;
    private readonly IGenerationStore _generations;
    private readonly CallbackMessages _messages;
    private readonly IOptions<CallbackOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<CallbackSender> _logger;
    private readonly FramegateMetrics _metrics;
    private readonly OutboxSignal _outbox;
    private readonly ReceiverSlots _slots;

    // Nobody is notified of what a dead replica leaves: a callback that is due, one on its way, one that waits for its next try.
    private readonly TimeSpan _longestSleep;

    public CallbackSender(
        ICallbackStore callbacks, IGenerationStore generations, CallbackMessages messages, ReceiverSlots slots, IOptions<CallbackOptions> options,
        OutboxSignal outbox, IFleet fleet, FramegateMetrics metrics, TimeProvider time, ILogger<CallbackSender> logger)
    {
        (_callbacks, _generations, _messages, _slots, _options, _outbox, _metrics, _time, _logger) =
            (callbacks, generations, messages, slots, options, outbox, metrics, time, logger);
        _longestSleep = fleet.IsShared && fleet.Lease / 2 < s_longestSleep ? fleet.Lease / 2 : s_longestSleep;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = s_pauseAfterFailure;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var now = _time.GetUtcNow();
                var due = await _callbacks.ClaimDueAsync(now, now + _options.Value.Timeout + Slack, Room(), stoppingToken);
                foreach (var callback in due)
                {
                    _slots.Take(callback.Receiver);
                    _ = DeliverAsync(callback, stoppingToken);
                }

                if (due.Count == 0)
                {
                    await SleepAsync(stoppingToken);
                }

                pause = s_pauseAfterFailure;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!StoreUnavailableException.TryLog(_logger, e))
                {
                    Log.CallbacksFailed(_logger, e);
                }

                // A store that was away for a moment, as at a failover, holds up nobody's callbacks for much longer.
                await Task.Delay(pause, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            }
        }
    }

    private CallbackRoom Room() => _slots.Room(_options.Value.Parallelism, _options.Value.PerReceiver);

    /// <summary>Sleeps until one is due at a receiver with room, or something happens: one is added, or one has ended.</summary>
    private async Task SleepAsync(CancellationToken stoppingToken)
    {
        var room = Room();
        var next = room.All > 0 ? await _callbacks.NextDueAsync(room, stoppingToken) : null;
        var pause = next is { } due ? due - _time.GetUtcNow() : _longestSleep;
        using var timer = new CancellationTokenSource(pause < TimeSpan.Zero ? TimeSpan.Zero : pause < _longestSleep ? pause : _longestSleep, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, timer.Token);
        await _outbox.WaitAsync(either.Token);
    }

    private async Task DeliverAsync(Callback callback, CancellationToken stoppingToken)
    {
        // Off the loop that claims: nobody else's delivery waits for this one.
        await Task.Yield();
        var hasSlot = true;
        try
        {
            if (await _generations.FindAsync(callback.Generation, stoppingToken) is not { } state)
            {
                await _callbacks.RemoveAsync(callback.Id, stoppingToken);
                return;
            }

            using var span = Tracing.Resume("callback", ActivityKind.Client, state.TraceParent)?.SetTag("framegate.generation", state.ShownId).SetTag("framegate.callback.try", callback.Attempts + 1);
            var (last, retryAfter) = await _messages.SendAsync(callback.Id, callback.Url, state, stoppingToken);

            // The next one to this receiver need not wait for the disk.
            _slots.Answered(callback.Receiver, last.Status is not null);
            hasSlot = false;
            _outbox.Set();
            span?.SetTag(Tracing.Status, last.Status);
            if (last.Error is not null)
            {
                span.Failed(last.Status?.ToString(CultureInfo.InvariantCulture) ?? "no_answer");
            }

            await SettleAsync(callback, last, retryAfter, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The next start tries it again.
        }
        catch (Exception e)
        {
            // Nobody else gets it before its hold has run out; then it is tried again.
            if (!StoreUnavailableException.TryLog(_logger, e))
            {
                Log.CallbacksFailed(_logger, e);
            }

        }
        finally
        {
            if (hasSlot)
            {
                _slots.Answered(callback.Receiver, answered: null);
            }

            _slots.Return();
            _outbox.Set();
        }
    }

    private async Task SettleAsync(Callback callback, CallbackTry last, TimeSpan? retryAfter, CancellationToken stoppingToken)
    {
        var attempts = callback.Attempts + 1;
        var status = last switch
        {
            { Error: null } => CallbackStatus.Delivered,
            { Status: StatusCodes.Status410Gone } => CallbackStatus.Gone,
            _ => attempts >= _options.Value.MaxAttempts ? CallbackStatus.GivenUp : CallbackStatus.Pending,
        };
        if (status is CallbackStatus.Gone or CallbackStatus.GivenUp)
        {
            Log.CallbackGivenUp(_logger, callback.Id, GivenId.Shown(callback.Generation), attempts, last.Error!);
        }

        _metrics.CallbackTried(
            status switch
            {
                CallbackStatus.Delivered => "delivered",
                CallbackStatus.Gone => "gone",
                CallbackStatus.GivenUp => "given_up",
                _ => "retried",
            },
            last.TookMs);
        Log.CallbackTried(
            _logger, callback.Id, GivenId.Shown(callback.Generation),
            status switch
            {
                CallbackStatus.Delivered => "delivered",
                CallbackStatus.Pending => "tried again later",
                _ => "given up",
            },
            attempts, last.Error ?? $"HTTP {last.Status}", last.TookMs);
        DateTimeOffset? due = status == CallbackStatus.Pending
            ? _time.GetUtcNow() + CallbackSchedule.PauseAfter(_options.Value.FirstPause, attempts, retryAfter, Random.Shared.NextDouble())
            : null;
        await _callbacks.SettleAsync(callback, last, status, due, stoppingToken);
    }
}
