using Framegate.Bench.Harness;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host;
using Framegate.Proxy.Media;
using Framegate.Transforms.Providers;

namespace Framegate.Bench.Servers;

/// <summary>The program, put together as its own entry point does, with the <see cref="SyncAdapter"/> added.</summary>
internal static class FramegateServer
{
    /// <summary>Runs it.</summary>
    /// <param name="config">The configuration file.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="variations"><c>no-store</c>: generations are kept in memory only, to see what durability costs. <c>no-cache</c>: the cache is
    /// switched off, as <c>Framegate:Cache:Enabled</c> does it. <c>calls</c>: providers are asked to call back, so that polls become rare.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync(string config, string data, IReadOnlyList<string> variations, CancellationToken cancellationToken)
    {
        using var folder = DataFolderLock.Take(data);
        await using var app = FramegateHost.Build(
            new HostArguments(false, null, "http://127.0.0.1:0", config, data),
            new HostSettings(null, null),
            folder.Folder,
            services =>
            {
                services.AddSingleton(new AdapterRegistry([.. AdapterRegistry.BuiltIn(), new SyncAdapter()]));
                foreach (var variation in variations)
                {
                    _ = variation switch
                    {
                        "no-cache" => services.PostConfigure<CacheOptions>(cache => cache.Enabled = false),
                        "no-store" => services.AddSingleton<MemoryStore>().AddSingleton<IGenerationStore>(s => s.GetRequiredService<MemoryStore>())
                            .AddSingleton<IMediaCatalogue>(s => s.GetRequiredService<MemoryStore>()),
                        "calls" => services.PostConfigure<JobsOptions>(jobs => jobs.PublicUrl = new Uri("http://127.0.0.1:1")),
                        _ => throw new BenchException($"There is no variation '{variation}'."),
                    };
                }
            });
        return await Serving.RunAsync(app, cancellationToken);
    }
}
