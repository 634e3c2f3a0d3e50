using System.Collections.Concurrent;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Selection.Health;

/// <summary>
/// What is known about every destination: open jobs, latency, score, breaker. Filled by what happens to generations; there is as much in it as
/// has ever been configured.
/// </summary>
internal sealed class HealthRegistry(IOptionsMonitor<BreakerOptions> options, TimeProvider time, ILogger<HealthRegistry> logger)
{
    private static readonly TimeSpan s_longestHint = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<(string Cluster, string Id), DestinationHealth> _destinations = new();
    private readonly ConcurrentDictionary<string, ProviderHealth> _providers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Cluster, string Model), LatencyView> _models = new();

    /// <summary>A breaker has opened for so long, or for as long as nobody knows (<see cref="TimeSpan.MaxValue"/>), or has closed (zero).</summary>
    public event Action<DestinationHealth, TimeSpan>? BreakerMoved;

    /// <summary>A destination was suspended; its breaker is isolated already.</summary>
    public event Action<DestinationHealth>? DestinationSuspended;

    /// <summary>One destination.</summary>
    public DestinationHealth For(string cluster, string id) => _destinations.TryGetValue((cluster, id), out var known)
        ? known
        : _destinations.GetOrAdd((cluster, id), key => new DestinationHealth(key.Cluster, key.Id, ForProvider(key.Cluster), NewBreaker, time));

    /// <summary>One provider.</summary>
    public ProviderHealth ForProvider(string cluster) =>
        _providers.TryGetValue(cluster, out var known) ? known : _providers.GetOrAdd(cluster, _ => new ProviderHealth(time));

    /// <summary>How long the jobs of one model take.</summary>
    public LatencyView LatencyOf(string cluster, string model) => _models.GetOrAdd((cluster, model), _ => new LatencyView(time));

    /// <summary>A job is open at a destination.</summary>
    public void Opened(JobLocation jobLocation)
    {
        var destination = For(jobLocation.Cluster, jobLocation.Destination);
        destination.Load.Add();
        destination.Provider.Load.Add();
    }

    /// <summary>A job is open there no longer.</summary>
    public void Closed(JobLocation jobLocation)
    {
        var destination = For(jobLocation.Cluster, jobLocation.Destination);
        destination.Load.Remove();
        destination.Provider.Load.Remove();
    }

    /// <summary>A job has come to its result.</summary>
    public void Succeeded(JobLocation jobLocation, string model, TimeSpan took)
    {
        var destination = For(jobLocation.Cluster, jobLocation.Destination);
        destination.Latency.Add(took);
        LatencyOf(jobLocation.Cluster, model).Add(took);
        destination.Score.Succeeded();
        destination.Provider.Score.Succeeded();
    }

    /// <summary>An accepted job has failed, and not because of the request.</summary>
    public void Failed(JobLocation jobLocation)
    {
        var destination = For(jobLocation.Cluster, jobLocation.Destination);
        destination.Score.Failed();
        destination.Provider.Score.Failed();
    }

    /// <summary>Takes note of how a submit was answered.</summary>
    /// <param name="destination">Where.</param>
    /// <param name="failure">The failure; null when the submit was accepted.</param>
    /// <returns>True when the destination has failed, so that its breaker counts it. A refusal is not a failure, and neither is a 429.</returns>
    public static bool Answered(DestinationHealth destination, ProviderFailure? failure)
    {
        switch (failure?.Code)
        {
            case null:
                destination.Accepted();
                return false;
            case ErrorCode.RateLimitExceeded:
                destination.Score.Limited();
                destination.Provider.Score.Limited();
                return false;
            case ErrorCode.ProviderError or ErrorCode.NetworkError or ErrorCode.Timeout or ErrorCode.UnknownError:
                destination.Score.Failed();
                destination.Provider.Score.Failed();
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes a destination out, because its account is empty or its key was refused. When this returns, nothing is sent there.</summary>
    public void Suspend(DestinationHealth health, ErrorCode reason, bool byHint = false)
    {
        if (health.Suspend(reason, byHint))
        {
            Log.DestinationSuspended(logger, health.Cluster, health.Id, reason);
            _ = health.Breaker.IsolateAsync(CancellationToken.None);
            DestinationSuspended?.Invoke(health);
        }
    }

    /// <summary>Follows what another replica reports: its open breaker keeps submits away here too, for as long, unless the breaker here knows by itself.</summary>
    public async Task FollowAsync(BreakerHint hint, CancellationToken stopping)
    {
        var health = For(hint.Cluster, hint.Id);
        if (hint.Suspended is { } reason)
        {
            Suspend(health, reason, byHint: true);
            return;
        }

        if (hint.OutForMs == 0)
        {
            await EndAsync(health, health.Hint);
            return;
        }

        if (health.Suspended is not null || (health.Hint is null && health.Breaker.State != "closed"))
        {
            return;
        }

        health.Hint = hint;
        var outFor = TimeSpan.FromMilliseconds(Math.Min(hint.OutForMs, (long)s_longestHint.TotalMilliseconds));
        await health.Breaker.IsolateAsync(CancellationToken.None);
        health.OutUntil = time.GetUtcNow() + outFor;
        await Pause.ForAsync(outFor, time, stopping);
        await EndAsync(health, hint);
    }

    private static async Task EndAsync(DestinationHealth health, BreakerHint? hint)
    {
        if (hint is null || !ReferenceEquals(health.Hint, hint))
        {
            return;
        }

        if (health.Suspended is null)
        {
            await health.Breaker.CloseAsync(CancellationToken.None);
        }

        health.Hint = null;
    }

    private DestinationBreaker NewBreaker(DestinationHealth health) => new(
        options.CurrentValue,
        time,
        duration =>
        {
            health.Score.IsOut = true;
            health.OutUntil = duration == TimeSpan.MaxValue ? null : time.GetUtcNow() + duration;
            Log.BreakerOpened(logger, health.Cluster, health.Id);
            BreakerMoved?.Invoke(health, duration);
        },
        () =>
        {
            health.Score.IsOut = false;
            health.OutUntil = null;
            Log.BreakerClosed(logger, health.Cluster, health.Id);
            BreakerMoved?.Invoke(health, TimeSpan.Zero);
        });
}
