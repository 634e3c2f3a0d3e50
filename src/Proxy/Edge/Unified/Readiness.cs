using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media.Bucket;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>
/// Whether traffic should come here. Without its store a replica can take nothing; without the bucket or the Redis it can, and so can no other replica do better.
/// </summary>
internal sealed class Readiness(
    OpenGenerations open, IStoreHealth store, SharedLimits limits, TimeProvider time, MediaBucket? bucket = null, FleetRedis? fleet = null, RedisLink? cache = null)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_remembered = TimeSpan.FromSeconds(3);
    private readonly Lock _lock = new();
    private Task<bool>? _look;
    private long _lookedAt;

    /// <summary>Looks at all of it.</summary>
    public async ValueTask<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        if (!open.IsReady)
        {
            return new HealthReport("starting");
        }

        var looking = bucket is null ? Task.FromResult(true) : LookAsync(bucket);
        var problem = await store.CheckAsync(cancellationToken);
        var hasBucket = await looking.WaitAsync(cancellationToken);
        var hasRedis = (fleet is null || limits.IsInForce) && (cache is null || cache.Up is not null);
        return new HealthReport(problem is not null ? "failing" : hasBucket && hasRedis ? "ok" : "degraded")
        {
            Store = problem?.ToString().ToLowerInvariant(),
            Bucket = hasBucket ? null : HealthReport.Away,
            Redis = hasRedis ? null : HealthReport.Away,
        };
    }

    /// <summary>Who asks often does not ask the bucket as often.</summary>
    private Task<bool> LookAsync(MediaBucket asked)
    {
        lock (_lock)
        {
            if (_look is null || (_look.IsCompleted && time.GetElapsedTime(_lookedAt) >= s_remembered))
            {
                (_look, _lookedAt) = (IsThereAsync(asked), time.GetTimestamp());
            }

            return _look;
        }
    }

    private async Task<bool> IsThereAsync(MediaBucket asked)
    {
        using var patience = new CancellationTokenSource(s_patience, time);
        try
        {
            return await asked.WhyAwayAsync(patience.Token) is null;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
