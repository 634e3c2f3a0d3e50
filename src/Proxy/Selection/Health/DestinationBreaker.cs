using Polly;
using Polly.CircuitBreaker;

namespace Framegate.Proxy.Selection.Health;

/// <summary>The circuit breaker of one destination. It outlives changes of the configuration, since it is about the destination and not about its settings.</summary>
internal sealed class DestinationBreaker
{
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly CircuitBreakerManualControl _manual = new();
    private readonly ResiliencePipeline<bool> _pipeline;

    /// <summary>A closed breaker.</summary>
    /// <param name="options">When it opens.</param>
    /// <param name="time">The clock.</param>
    /// <param name="opened">Called with how long it is open.</param>
    /// <param name="closed">Called when submits flow again.</param>
    public DestinationBreaker(BreakerOptions options, TimeProvider time, Action<TimeSpan> opened, Action closed) =>
        _pipeline = new ResiliencePipelineBuilder<bool> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
                ShouldHandle = static args => new ValueTask<bool>(args.Outcome.Result),
                StateProvider = _state,
                ManualControl = _manual,
                OnOpened = args =>
                {
                    opened(args.BreakDuration);
                    return default;
                },
                OnClosed = _ =>
                {
                    closed();
                    return default;
                },
            })
            .Build();

    /// <summary>closed, open, half_open or isolated. It stays open after its time until the next submit asks.</summary>
    public string State => _state.CircuitState switch
    {
        CircuitState.Open => "open",
        CircuitState.HalfOpen => "half_open",
        CircuitState.Isolated => "isolated",
        _ => "closed",
    };

    /// <summary>0 closed, 1 open, 2 half open, 3 isolated.</summary>
    public int Number => (int)_state.CircuitState;

    /// <summary>Lets a submit through.</summary>
    /// <param name="call">The submit; returns whether the destination failed. It does not throw.</param>
    /// <param name="state">Handed to it.</param>
    /// <param name="context">For this submit alone.</param>
    /// <returns>What the submit returned; a <see cref="BrokenCircuitException"/> when the breaker is open and nothing was sent.</returns>
    public ValueTask<Outcome<bool>> ExecuteAsync<T>(Func<ResilienceContext, T, ValueTask<Outcome<bool>>> call, T state, ResilienceContext context) =>
        _pipeline.ExecuteOutcomeAsync(call, context, state);

    /// <summary>Lets nothing through until <see cref="CloseAsync"/>.</summary>
    public Task IsolateAsync(CancellationToken cancellationToken) => _manual.IsolateAsync(cancellationToken);

    /// <summary>Lets everything through again.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) => _manual.CloseAsync(cancellationToken);
}
