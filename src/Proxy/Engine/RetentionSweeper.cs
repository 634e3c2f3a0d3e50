using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine;

/// <summary>Forgets what is older than it may be: finished generations, and media.</summary>
internal sealed class RetentionSweeper(
    IGenerationStore store, StoreOwner owner, IFleet fleet, IMediaCatalogue catalogue, MediaStore media, IOptions<JobsOptions> jobs, TimeProvider time, ILogger<RetentionSweeper> logger) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan CopiesLast = TimeSpan.FromHours(1);
    private static readonly TimeSpan StrangersInterval = TimeSpan.FromDays(1);
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private DateTimeOffset _strangersLookedForAt = DateTimeOffset.MinValue;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                if (!StoreUnavailableException.TryLog(logger, e))
                {
                    Log.SweepFailed(logger, e);
                }
            }
        }
        while (await NextTickAsync(timer, stoppingToken));
    }

    /// <summary>Waits for the next round.</summary>
    /// <returns>False when there is none. An exception would be reported as a crash when the host ends before it has started.</returns>
    private static async ValueTask<bool> NextTickAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>One round.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        while (await store.ForgetAsync(time.GetUtcNow() - jobs.Value.Retention, Batch, cancellationToken) == Batch)
        {
        }

        // A file goes before what is known of it: one that nobody knows would stay for ever.
        var isFirst = await IsFirstAsync(cancellationToken);
        while (isFirst && await catalogue.ListExpiredAsync(time.GetUtcNow(), Batch, cancellationToken) is { Count: > 0 } expired)
        {
            foreach (var id in expired)
            {
                await media.DeleteAsync(id, cancellationToken);
            }

            await catalogue.RemoveAsync(expired, cancellationToken);
        }

        if (media.HasBucket)
        {
            foreach (var copy in media.Files().Where(f => f.LastWriteTimeUtc < (time.GetUtcNow() - CopiesLast).UtcDateTime))
            {
                media.Delete(copy.Name);
            }
        }

        if (time.GetUtcNow() - _strangersLookedForAt >= StrangersInterval)
        {
            // A file is put in its place before its row is written; one from before the start, or from yesterday, gets no row any more.
            var before = _strangersLookedForAt == DateTimeOffset.MinValue ? _started : time.GetUtcNow() - StrangersInterval;
            _strangersLookedForAt = time.GetUtcNow();
            await SweepStrangersAsync(before, cancellationToken);
            if (isFirst)
            {
                await SweepBucketAsync(cancellationToken);
            }

            if (!fleet.IsShared && !media.HasBucket)
            {
                // Elsewhere a file that is not here may be at another replica.
                await LookForLostAsync(cancellationToken);
            }
        }
    }

    /// <summary>Whether this replica sweeps what all share: one of them is enough, and another one follows it.</summary>
    private async ValueTask<bool> IsFirstAsync(CancellationToken cancellationToken) =>
        !fleet.IsShared || (await fleet.ListAsync(cancellationToken)).FirstOrDefault(r => r.IsAlive)?.Id == owner.Id;

    /// <summary>Deletes the files that no generation knows: of a result whose last write a kill has prevented, and which was fetched again.</summary>
    private async Task SweepStrangersAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var swept = 0;
        foreach (var file in media.Files().Where(f => f.LastWriteTimeUtc < before.UtcDateTime))
        {
            if (await catalogue.FindAsync(file.Name, cancellationToken) is null)
            {
                media.Delete(file.Name);
                swept++;
            }
        }

        if (swept > 0)
        {
            Log.MediaSwept(logger, swept);
        }
    }

    /// <summary>Deletes what the bucket holds and no generation knows. A row follows its file within minutes; one from yesterday gets none any more.</summary>
    private async Task SweepBucketAsync(CancellationToken cancellationToken)
    {
        if (media.StoredBeforeAsync(time.GetUtcNow() - StrangersInterval, cancellationToken) is not { } stored)
        {
            return;
        }

        var swept = 0;
        await foreach (var id in stored)
        {
            if (await catalogue.FindAsync(id, cancellationToken) is null)
            {
                await media.DeleteAsync(id, cancellationToken);
                swept++;
            }
        }

        if (swept > 0)
        {
            Log.MediaSwept(logger, swept);
        }
    }

    /// <summary>Logs each result whose file is missing, or was changed after it was stored.</summary>
    private async Task LookForLostAsync(CancellationToken cancellationToken)
    {
        var page = await catalogue.ListAsync("", Batch, cancellationToken);
        while (page.Count > 0)
        {
            foreach (var item in page)
            {
                await media.LooksWholeAsync(item, cancellationToken);
            }

            page = await catalogue.ListAsync(page[^1].Id, Batch, cancellationToken);
        }
    }
}
