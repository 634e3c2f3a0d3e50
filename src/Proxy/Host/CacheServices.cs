using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Cache.Redis;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Coalescing;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host;

/// <summary>Puts the cache together.</summary>
internal static class CacheServices
{
    private const int LongestKey = 16 * 1024;
    private const int LargestEntry = 1024 * 1024 * 1024;

    /// <summary>The cache of finished results, and coalescing (single flight).</summary>
    public static IServiceCollection AddMediaCache(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<CacheOptions>(CacheOptions.Section);
        if ((configuration[$"{CacheOptions.Section}:{nameof(CacheOptions.Redis)}"] is { Length: > 0 } own ? own : configuration[FleetRedis.Setting]) is { Length: > 0 } redis)
        {
            services
                .AddSingleton(s => s.GetService<FleetRedis>() is { } fleet && redis == configuration[FleetRedis.Setting] ? fleet.Link : FleetServices.LinkTo(redis, s))
                .AddSingleton<InvalidationLog>()
                .AddHostedService(s => s.GetRequiredService<InvalidationLog>())
                .AddSingleton<IDistributedCache, RedisLevel>()
                .AddSingleton<ISharedLevel, RedisSharedLevel>();
        }
        else
        {
            services.AddSingleton<ISharedLevel, NoSharedLevel>();
        }

        services
            .AddHybridCache(o =>
            {
                // Memory bounds what it takes by itself, and every entry comes with its own time.
                (o.MaximumKeyLength, o.MaximumPayloadBytes) = (LongestKey, LargestEntry);
                o.DefaultEntryOptions = new HybridCacheEntryOptions { Expiration = CacheOptions.LongestTtl };
            })
            .AddSerializer<PackedEntry, PackedEntrySerializer>();
        return services
            .AddSingleton<IValidateOptions<CacheOptions>, CacheOptionsValidator>()
            .AddSingleton<IValidateOptions<CacheOptions>, CacheOptionsRules>()
            .AddSingleton<CacheSettings>()
            .AddSingleton<CacheStats>()
            .AddSingleton<MemoryLevel>()
            .AddSingleton<IMemoryCache>(s => s.GetRequiredService<MemoryLevel>())
            .AddSingleton<HybridEntries>()
            .AddSingleton<MediaCache>()
            .AddSingleton<SharedJobs>()
            .AddSingleton<CoalescedRunner>()
            .AddSingleton<FastHits>()
            .AddSingleton<Coalescer>()
            .AddSingleton<CacheLookup>()
            .AddHostedService<CacheSweeper>();
    }
}
