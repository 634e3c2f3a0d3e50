using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common.Redis;
using StackExchange.Redis;

namespace Framegate.Proxy.Selection.Health;

/// <summary>
/// Notifies the other replicas of breakers and suspensions here, and follows theirs. They are hints: each replica counts for itself, one that is lost costs a few failed
/// submits, and a suspension is asked about by each.
/// </summary>
internal sealed class BreakerHints(FleetRedis redis, HealthRegistry registry) : BackgroundService
{
    private readonly string _self = Guid.NewGuid().ToString("n");
    private CancellationToken _stopping;

    private RedisChannel Channel => RedisChannel.Literal(redis.Link.Prefix + "breakers");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _stopping = stoppingToken;
        registry.BreakerMoved += NotifyMoved;
        registry.DestinationSuspended += NotifySuspended;
        var multiplexer = await redis.Link.ConnectedAsync().WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // From here on the library subscribes again by itself.
                await multiplexer.GetSubscriber().SubscribeAsync(Channel, (_, text) => Receive(text));
                return;
            }
            catch (Exception e) when (RedisFailure.Is(e, stoppingToken))
            {
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        registry.BreakerMoved -= NotifyMoved;
        registry.DestinationSuspended -= NotifySuspended;
        return base.StopAsync(cancellationToken);
    }

    private void NotifyMoved(DestinationHealth health, TimeSpan outFor)
    {
        if (health.Hint is null && outFor != TimeSpan.MaxValue)
        {
            Notify(new BreakerHint(_self, health.Cluster, health.Id, (long)outFor.TotalMilliseconds, null));
        }
    }

    private void NotifySuspended(DestinationHealth health)
    {
        if (!health.SuspendedByHint)
        {
            Notify(new BreakerHint(_self, health.Cluster, health.Id, 0, health.Suspended));
        }
    }

    private void Notify(BreakerHint hint)
    {
        try
        {
            redis.Link.Up?.GetSubscriber().Publish(Channel, JsonSerializer.Serialize(hint, BreakerHintJson.Default.BreakerHint), CommandFlags.FireAndForget);
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // The others find out by themselves.
        }
    }

    private void Receive(RedisValue text)
    {
        try
        {
            if (JsonSerializer.Deserialize((string?)text ?? "null", BreakerHintJson.Default.BreakerHint) is { } hint && hint.From != _self)
            {
                _ = registry.FollowAsync(hint, _stopping);
            }
        }
        catch (JsonException)
        {
            // Another build has sent something that this one does not know.
        }
    }
}

/// <summary>What has happened to a destination at another replica.</summary>
/// <param name="From">The replica.</param>
/// <param name="Cluster">The destination's cluster.</param>
/// <param name="Id">The destination.</param>
/// <param name="OutForMs">How long its breaker is open, milliseconds; 0 when it has closed.</param>
/// <param name="Suspended">Why it is suspended; null when it is not about that.</param>
internal sealed record BreakerHint(string From, string Cluster, string Id, long OutForMs, ErrorCode? Suspended);

/// <summary>Writes and reads hints without reflection.</summary>
[JsonSerializable(typeof(BreakerHint))]
internal sealed partial class BreakerHintJson : JsonSerializerContext;
