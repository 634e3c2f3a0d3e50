using Framegate.Proxy.Common.Telemetry;
using StackExchange.Redis;

namespace Framegate.Proxy.Common.Redis;

/// <summary>The connection to the Redis that replicas share. It is made in the background and mended by itself; who finds it down goes on without.</summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private const int TimeoutMs = 1000;
    private readonly ILogger<RedisLink> _logger;
    private readonly Task<ConnectionMultiplexer> _connecting;
    private readonly RedisState _state;
    private volatile ConnectionMultiplexer? _multiplexer;

    public RedisLink(string connectionString, string prefix, TimeProvider time, ILogger<RedisLink> logger)
    {
        (Prefix, _logger) = (prefix, logger);
        _state = new RedisState(time, failure => _ = LogAwayAsync(failure), () => Log.RedisIsBack(_logger));
        var options = RedisAddress.TryRead(connectionString, out var read) ? read : throw new ArgumentException("It is no address of a Redis.", nameof(connectionString));
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ConnectTimeout = TimeoutMs;
        options.SyncTimeout = TimeoutMs;
        options.AsyncTimeout = TimeoutMs;
        options.ConnectRetry = 1;
        options.ReconnectRetryPolicy = new LinearRetry(TimeoutMs);
        options.ClientName = "framegate";
        _connecting = ConnectAsync(options);
    }

    /// <summary>Begins every key.</summary>
    public string Prefix { get; }

    /// <summary>The connection, while it is up.</summary>
    public ConnectionMultiplexer? Up => _multiplexer is { IsConnected: true } up ? up : null;

    /// <summary>The database, while the connection is up.</summary>
    /// <exception cref="RedisConnectionException">It is down.</exception>
    public IDatabase Database => Up?.GetDatabase() ?? throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "The shared Redis is away.");

    /// <summary>Waits for the connection to have been tried once.</summary>
    public Task<ConnectionMultiplexer> ConnectedAsync() => _connecting;

    /// <summary>Takes note of how a use of it went. The log records once that the Redis is away, and once that all uses work again.</summary>
    /// <param name="use">The use.</param>
    /// <param name="up">Whether it worked.</param>
    /// <param name="failure">Why not, where that is known.</param>
    public void Report(RedisUse use, bool up, Exception? failure = null) => _state.Report(use, up, failure);

    private async Task LogAwayAsync(Exception? failure) =>
        Log.RedisIsAway(_logger, _multiplexer is { } multiplexer ? await RedisFailure.ReasonAsync(multiplexer, failure) : RedisFailure.NotYet);

    public async ValueTask DisposeAsync()
    {
        if (_multiplexer is { } multiplexer)
        {
            await multiplexer.DisposeAsync();
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(ConfigurationOptions options) => _multiplexer = await ConnectionMultiplexer.ConnectAsync(options);
}
