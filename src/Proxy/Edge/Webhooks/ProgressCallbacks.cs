using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>
/// Notifies receivers that wish it of how a generation comes along. One message at a time is on its way for a generation, and each is tried once: the next one holds more.
/// A receiver that does not answer gets none, since they would take the place of what others wait for.
/// </summary>
internal sealed class ProgressCallbacks(CallbackMessages messages, ReceiverSlots slots, OutboxSignal outbox, IOptions<CallbackOptions> options, FramegateMetrics metrics, TimeProvider time, ILogger<ProgressCallbacks> logger)
    : IProgressListener
{
    /// <summary>How many one generation gets at most.</summary>
    public const int Most = 50;

    /// <summary>The pause between two at least.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public void Began(Generation generation, CancellationToken stopping)
    {
        if (generation.State.Notifies(CallbackEvents.Progress))
        {
            _ = FollowAsync(generation, stopping);
        }
    }

    private async Task FollowAsync(Generation generation, CancellationToken stopping)
    {
        // Off the caller's path; nobody has received the id of a generation that is not stored yet.
        await Task.Yield();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _ = generation.Follow().Settled.ContinueWith(_ => ended.CancelAsync(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        (GenerationPhase, double?)? last = null;
        try
        {
            await ((Task)generation.Admitted.Task).WaitAsync(ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            for (var sent = 0; sent < Most && !ended.IsCancellationRequested;)
            {
                var (state, changed) = generation.Observe();
                if (state.Status != GenerationStatus.Processing || generation.IsLost)
                {
                    return;
                }

                if (last != (state.Phase, state.Progress))
                {
                    last = (state.Phase, state.Progress);
                    sent++;
                    if (!await NotifyAsync(state, ended.Token))
                    {
                        return;
                    }

                    await Task.Delay(Pause, time, ended.Token);
                }

                await changed.WaitAsync(ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // It has ended, which has a callback of its own, or the program stops.
        }
        catch (Exception e)
        {
            Log.CallbacksFailed(logger, e);
        }
    }

    /// <summary>Sends it once.</summary>
    /// <returns>False when the receiver wants no more.</returns>
    private async Task<bool> NotifyAsync(GenerationState state, CancellationToken ended)
    {
        var (url, id) = (state.CallbackUrl!, Ids.New("msg_", time.GetUtcNow()));
        if (!slots.TryTake(Callback.ReceiverOf(url), options.Value.Parallelism, options.Value.PerReceiver))
        {
            return true;
        }

        bool? answered = null;
        try
        {
            var (last, _) = await messages.SendAsync(id, url, state, ended);
            answered = last.Status is not null;
            metrics.CallbackTried(last.Error is null ? "progress" : "progress_lost", last.TookMs);
            Log.CallbackTried(logger, id, state.ShownId, last.Error is null ? "delivered" : "not tried again", 1, last.Error ?? $"HTTP {last.Status}", last.TookMs);
            return last.Status != StatusCodes.Status410Gone;
        }
        finally
        {
            slots.Return(Callback.ReceiverOf(url), answered);

            // The generation's own message may have found no room at this receiver, and waits for it.
            outbox.Set();
        }
    }
}
