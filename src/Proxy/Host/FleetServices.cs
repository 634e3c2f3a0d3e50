using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host.Configuration;
using Framegate.Proxy.Selection.Health;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host;

/// <summary>Puts together what replicas share through Redis, beside the cache.</summary>
internal static class FleetServices
{
    private static readonly TimeSpan s_leastLease = TimeSpan.FromSeconds(30);

    /// <summary>Shared limits and hints of breakers, where the configuration names a Redis at start; each replica's own limits otherwise.</summary>
    public static IServiceCollection AddFleetRedis(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<ISectionRule, FleetRedisRule>();
        if (configuration[FleetRedis.Setting] is { Length: > 0 } address)
        {
            services.AddSingleton(s => new FleetRedis(LinkTo(address, s))).AddHostedService<BreakerHints>();
        }

        // Longer than it takes others to take over what a dead replica has left: its jobs run on at the provider, and keep their places there.
        return services
            .AddSingleton(s => new SharedLimits(
                s.GetService<FleetRedis>(),
                s.GetRequiredService<IOptions<StoreOptions>>().Value.Lease * 3 is var lease && lease > s_leastLease ? lease : s_leastLease,
                s.GetRequiredService<TimeProvider>()))
            .AddHostedService(s => s.GetRequiredService<SharedLimits>());
    }

    /// <summary>A connection to a Redis.</summary>
    public static RedisLink LinkTo(string address, IServiceProvider services) => new(
        address,
        // Apart from the real ones: a stand-in's picture must never answer a real request.
        services.GetRequiredService<HostSettings>().Sandbox is null ? "framegate:" : "framegate:sandbox:",
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<RedisLink>>());
}
