using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>
/// Repeats the steps of a submit with Polly: at once where another candidate takes over, after what the provider asks for, else after a pause
/// that grows and is spread at random. Whether there is another step is not decided here.
/// </summary>
internal sealed class RetryPauses : IDisposable
{
    private readonly IOptionsMonitor<JobsOptions> _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly IDisposable? _reloads;
    private volatile ResiliencePipeline<SubmitStep>? _usual;

    public RetryPauses(IOptionsMonitor<JobsOptions> options, TimeProvider time, Random random)
    {
        (_options, _time, _random) = (options, time, random);
        _reloads = options.OnChange(_ => _usual = null);
    }

    /// <summary>The pauses of a request.</summary>
    /// <param name="wanted">What it says about them; null when it says nothing.</param>
    public ResiliencePipeline<SubmitStep> For(RetryConfig? wanted) => wanted is null ? _usual ??= Build(null) : Build(wanted);

    /// <summary>What a provider asks for, where that is longer than the usual pause.</summary>
    /// <param name="failure">The refusal.</param>
    /// <param name="wanted">What the request says about pauses; null when it says nothing.</param>
    /// <param name="attempts">How many attempts there were.</param>
    public TimeSpan? AtLeast(ProviderFailure failure, RetryConfig? wanted, int attempts)
    {
        var first = wanted?.BaseDelay ?? _options.CurrentValue.RetryBaseDelay;
        var longest = wanted?.MaxDelay ?? _options.CurrentValue.RetryMaxDelay;
        var usual = Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Max(attempts - 1, 0)), longest.TotalMilliseconds);
        return failure.RetryAfter is { } asked && asked.TotalMilliseconds >= usual ? asked : null;
    }

    public void Dispose() => _reloads?.Dispose();

    private ResiliencePipeline<SubmitStep> Build(RetryConfig? wanted)
    {
        var options = _options.CurrentValue;
        var longest = wanted?.MaxDelay ?? options.RetryMaxDelay;
        var first = wanted?.BaseDelay ?? options.RetryBaseDelay;
        return new ResiliencePipelineBuilder<SubmitStep> { TimeProvider = _time }
            .AddRetry(new RetryStrategyOptions<SubmitStep>
            {
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = static args => new ValueTask<bool>(args.Outcome.Result.Again),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = wanted?.Jitter ?? true,
                Delay = first < longest ? first : longest,
                MaxDelay = longest,
                Randomizer = _random.NextDouble,
                DelayGenerator = args => new ValueTask<TimeSpan?>(args.Outcome.Result.Pause),
            })
            .Build();
    }
}
