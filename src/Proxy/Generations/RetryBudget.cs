using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Generations;

/// <summary>How often, and after which pauses, the submit of one request may be tried again. Only refused submits get here.</summary>
internal sealed class RetryBudget(JobsOptions options, RetryConfig? wanted, Random random)
{
    private readonly int _maxAttempts = wanted?.MaxAttempts ?? options.MaxAttempts;
    private readonly TimeSpan _base = wanted?.BaseDelay ?? options.RetryBaseDelay;
    private readonly TimeSpan _max = wanted?.MaxDelay ?? options.RetryMaxDelay;

    /// <summary>The pause before the next attempt.</summary>
    /// <param name="attempt">How many attempts there were.</param>
    /// <param name="failure">Why the last one was refused; the provider has no job.</param>
    /// <param name="left">What is left of the caller's time.</param>
    /// <returns>Null when there must not be another one.</returns>
    public TimeSpan? PauseAfter(int attempt, ProviderFailure failure, TimeSpan left)
    {
        if (attempt >= _maxAttempts || failure.Acceptance != Acceptance.No || !MayPass(failure))
        {
            return null;
        }

        var backoff = Math.Min(_base.TotalMilliseconds * Math.Pow(2, attempt - 1), _max.TotalMilliseconds);
        if (wanted?.Jitter ?? true)
        {
            backoff *= 0.5 + (random.NextDouble() / 2);
        }

        var pause = TimeSpan.FromMilliseconds(backoff);
        if (failure.RetryAfter > pause)
        {
            pause = failure.RetryAfter.Value;
        }

        return pause < left ? pause : null;
    }

    private bool MayPass(ProviderFailure failure) =>
        failure.Code.IsRetryableByNature() || failure.Retryable || wanted?.RetryOn?.Contains(failure.Code) == true;
}
