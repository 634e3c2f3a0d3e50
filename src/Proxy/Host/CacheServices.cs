using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Cache.Redis;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Coalescing;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Options;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.MicrosoftHybridCache;

namespace Framegate.Proxy.Host;

/// <summary>Puts the cache together.</summary>
internal static class CacheServices
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    /// <summary>The cache of finished results, and single flight.</summary>
    public static IServiceCollection AddMediaCache(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<CacheOptions>(CacheOptions.Section);
        if (configuration[$"{CacheOptions.Section}:{nameof(CacheOptions.Redis)}"] is { Length: > 0 } redis)
        {
            services
                .AddSingleton(s => new RedisLink(
                    redis,
                    // Apart from the real ones: a stand-in's picture must never answer a real request.
                    s.GetRequiredService<HostSettings>().Sandbox is null ? "framegate:cache:" : "framegate:sandbox:cache:",
                    s.GetRequiredService<ILogger<RedisLink>>()))
                .AddSingleton<NewsLog>()
                .AddHostedService(s => s.GetRequiredService<NewsLog>())
                .AddSingleton<RedisLevel>()
                .AddSingleton<EntrySerializer>()
                .AddSingleton<ISharedLevel, RedisSharedLevel>()
                .AddSingleton<HybridCache>(Shared);
        }
        else
        {
            services.AddSingleton<ISharedLevel, NoSharedLevel>().AddSingleton<HybridCache, LocalHybridCache>();
        }

        return services
            .AddSingleton<IValidateOptions<CacheOptions>, CacheOptionsValidator>()
            .AddSingleton<IValidateOptions<CacheOptions>, CacheOptionsRules>()
            .AddSingleton<CacheSettings>()
            .AddSingleton<CacheStats>()
            .AddSingleton<MemoryLevel>()
            .AddSingleton<MediaCache>()
            .AddSingleton<SharedJobs>()
            .AddSingleton<CoalescedRunner>()
            .AddSingleton<FastHits>()
            .AddSingleton<Coalescer>()
            .AddSingleton<CacheLookup>()
            .AddHostedService<CacheSweeper>();
    }

    private static FusionHybridCache Shared(IServiceProvider services)
    {
        var fusion = new FusionCache(
            Options.Create(new FusionCacheOptions
            {
                CacheName = "framegate",
                DisableTagging = true,
                EnableBestPracticesAdvisor = false,
                DistributedCacheCircuitBreakerDuration = s_rest,
                DefaultEntryOptions = new FusionCacheEntryOptions
                {
                    // A replica that cannot ask does not wait: memory answers, and what memory does not have is a miss.
                    DistributedCacheSoftTimeout = s_patience,
                    DistributedCacheHardTimeout = s_patience,
                    AllowBackgroundDistributedCacheOperations = true,
                },
            }),
            services.GetRequiredService<MemoryLevel>(),
            services.GetRequiredService<ILogger<FusionCache>>());
        fusion.SetupDistributedCache(services.GetRequiredService<RedisLevel>(), services.GetRequiredService<EntrySerializer>());
        return new FusionHybridCache(fusion);
    }
}
