using System.Diagnostics;
using Framegate.Bench.Harness;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Host;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Bench.Scenarios;

/// <summary>How the cache grows with its entries: memory per entry and the time of a look-up, in this process and without HTTP.</summary>
internal static class CacheGrowth
{
    private const int LookUps = 200_000;
    private static readonly int[] s_sizes = [1_000, 10_000, 100_000, 1_000_000];

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        var table = new Table("Strategy", "entries", "heap, bytes/entry", "counted, bytes/entry", "look-up, ns", "allocated, bytes/look-up");
        foreach (var strategy in Enum.GetValues<EvictionStrategy>())
        {
            foreach (var size in s_sizes)
            {
                await MeasureAsync(table, strategy, size, cancellationToken);
            }
        }

        table.Print("Growth");
    }

    private static async Task MeasureAsync(Table table, EvictionStrategy strategy, int size, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("framegate-bench-").FullName;
        try
        {
            var config = Path.Combine(folder, "routes.json");
            await File.WriteAllTextAsync(config, "{}", cancellationToken);
            await using var app = FramegateHost.Build(
                new HostArguments(false, null, "http://127.0.0.1:0", config, folder), new HostSettings(null, null), new DataFolder(folder),
                services => services.Configure<CacheOptions>(o => (o.Strategy, o.MaxEntries, o.MaxBytes) = (strategy, 2 * size, 16L << 30)));
            var cache = app.Services.GetRequiredService<MediaCache>();
            var media = app.Services.GetRequiredService<MediaStore>().PathOf("med_00");
            Directory.CreateDirectory(Path.GetDirectoryName(media)!);
            await File.WriteAllBytesAsync(media, [0], cancellationToken);

            var before = Heap();
            for (var i = 0; i < size; i++)
            {
                var finished = Finished(i);
                await cache.KeepAsync(CachedResult.Of(finished, finished.CachePlan!, TimeProvider.System.GetUtcNow()), replaces: false);
            }

            var heap = Heap() - before;
            var keys = new string[10_000];
            for (var i = 0; i < keys.Length; i++)
            {
                keys[i] = KeyOf(Random.Shared.Next(size));
            }

            for (var i = 0; i < LookUps; i++)
            {
                _ = await cache.FindAsync(keys[i % keys.Length], cancellationToken);
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < LookUps; i++)
            {
                _ = await cache.FindAsync(keys[i % keys.Length], cancellationToken) ?? throw new BenchException($"{strategy}: an entry of {size} is missing.");
            }

            var elapsed = Stopwatch.GetElapsedTime(started);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            var memory = app.Services.GetRequiredService<MemoryLevel>();
            table.Row(
                strategy.ToString().ToUpperInvariant(), memory.Count, (double)heap / size, (double)memory.Bytes / size, elapsed.TotalNanoseconds / LookUps,
                (double)allocated / LookUps);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Heap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static string KeyOf(int i) => $"local/flux:flux-pro-1.1:{i:x64}:{i:x64}";

    private static GenerationState Finished(int i) => new()
    {
        Id = "gen_" + Guid.NewGuid().ToString("n"),
        Client = "local",
        SchemaVersion = "2.0",
        Provider = "flux",
        Adapter = "flux",
        Model = "flux-pro-1.1",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Deadline = DateTimeOffset.UnixEpoch,
        FinishedAt = DateTimeOffset.UnixEpoch,
        SubmittedAt = DateTimeOffset.UnixEpoch,
        IsOpen = false,
        Phase = GenerationPhase.Succeeded,
        JobLocation = new JobLocation("flux", "global", "https://api.bfl.ai/", "BFL_API_KEY"),
        Job = new JobHandle(Guid.NewGuid().ToString(), "flux-pro-1.1") { PollUrl = $"https://api.us1.bfl.ai/v1/get_result?id={Guid.NewGuid()}" },
        Cache = CacheUse.Miss,
        CachePlan = new CachePlan(KeyOf(i), "flux", "flux-pro-1.1", TimeSpan.FromDays(1)),
        Attempts = [new AttemptReport("flux", "global", AttemptOutcome.Accepted, null, Billed.Yes, 5)],
        Cost = 0.04m,
        Result = new GenerationResult(
            [
                new MediaItem
                {
                    Id = "med_00",
                    Type = MediaType.Image,
                    Url = "/media/med_00" + i,
                    ContentType = "image/png",
                    Bytes = 74_561,
                    Sha256 = $"{i:x64}",
                    Width = 512,
                    Height = 512,
                },
            ],
            null,
            1),
    };
}
