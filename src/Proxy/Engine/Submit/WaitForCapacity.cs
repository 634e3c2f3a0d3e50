using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Selection.Limits;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>Waits for the turn at a provider whose limit is used up, or reports at once that the turn comes too late.</summary>
internal sealed class WaitForCapacity(GenerationWriter writer, TimeProvider time)
{
    /// <summary>Waits.</summary>
    /// <returns>Null when the turn has come, or when the caller's time or wish has ended; the failure when the turn comes too late.</returns>
    public async Task<ProviderFailure?> WaitAsync(Generation generation, ProviderLimiter limiter, CancellationToken stopping)
    {
        var state = generation.State;
        var started = generation.Clock.Now;
        var turn = generation.TakeTurn(limiter) ?? new QueueTurn(state.Client, state.Priority, state.CreatedAt, state.Id);
        var wait = turn.Limiter is null ? limiter.WaitOfNext(state.Priority) : TimeSpan.Zero;
        if (wait >= generation.Deadline - started)
        {
            return TooLate(state, wait);
        }

        // It will take a while: the caller shall not wait for its generation to be safe.
        await writer.StoreAsync(generation);
        var position = new QueuePosition(limiter, turn);
        generation.Update(s => s with { Queue = new QueueReport(1, 0), QueuePosition = position });
        using var end = new CancellationTokenSource(generation.Deadline - started, time);
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token, end.Token);
        try
        {
            var lease = await limiter.AcquireAsync(turn, wake.Token);
            if (!lease.IsAcquired)
            {
                return TooLate(state, wait);
            }

            generation.Lease = lease;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The submitter sees for itself whether the client or the clock has ended it.
        }
        finally
        {
            var waited = generation.Clock.Now - started;
            generation.ProviderTime += waited;
            var report = new QueueReport(null, (long)waited.TotalMilliseconds + (state.Queue?.WaitedMs ?? 0));
            generation.Update(s => s with { Queue = report, QueuePosition = null });
        }

        return null;
    }

    private static ProviderFailure TooLate(GenerationState state, TimeSpan wait) =>
        ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, $"The limit of {state.Provider} is used up, and the turn of this request would come too late.") with
        {
            RetryAfter = wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1),
        };
}
