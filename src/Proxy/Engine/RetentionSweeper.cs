using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine;

/// <summary>Forgets what is older than it may be: finished generations, and media.</summary>
internal sealed class RetentionSweeper(
    IGenerationStore store, StoreOwner owner, IFleet fleet, IMediaCatalogue catalogue, MediaStore media, IOptions<JobsOptions> jobs, TimeProvider time, ILogger<RetentionSweeper> logger) : BackgroundService
{
    private const int Batch = 500;

    // So many failures one after the other mean that it is the bucket, or the disk.
    private const int MostFailures = 5;
    private static readonly TimeSpan CopiesLast = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestUpload = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan StrangersInterval = TimeSpan.FromDays(1);
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly HashSet<string> _notDeleted = new(StringComparer.Ordinal);
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

        if (media.HasBucket)
        {
            await SweepCopiesAsync(cancellationToken);
        }

        var isFirst = await IsFirstAsync(cancellationToken);
        if (isFirst)
        {
            await SweepExpiredAsync(cancellationToken);
        }

        var lookedAt = time.GetUtcNow();
        if (lookedAt - _strangersLookedForAt >= StrangersInterval)
        {
            // A file is put in its place before its row is written; one from before the start, or from yesterday, gets no row any more. With a bucket that was named of late, or
            // another one, what this store knows nothing of is looked at twice.
            await SweepStrangersAsync(_strangersLookedForAt == DateTimeOffset.MinValue && !media.HasBucket ? _started : lookedAt - StrangersInterval, cancellationToken);
            if (isFirst)
            {
                await SweepBucketAsync(cancellationToken);
            }

            // A look that has failed is made again in the next round, not in a day.
            _strangersLookedForAt = lookedAt;

            if (!fleet.IsShared && !media.HasBucket)
            {
                // Elsewhere a file that is not here may be at another replica.
                await LookForLostAsync(cancellationToken);
            }
        }
    }

    /// <summary>
    /// Deletes copies of what the bucket has. What it does not have, since it was named later than the file was stored, or was away then, is put there first, and stays until it is there.
    /// </summary>
    private async Task SweepCopiesAsync(CancellationToken cancellationToken)
    {
        var (begun, inARow, waiting, uploaded, reason) = (time.GetUtcNow(), 0, 0, 0, "");
        foreach (var file in media.Files().Where(f => f.LastWriteTimeUtc < (begun - Interval).UtcDateTime))
        {
            try
            {
                if (!media.IsKnownInBucket(file.Name))
                {
                    if (inARow == MostFailures || time.GetUtcNow() - begun >= LongestUpload)
                    {
                        // The rest of the sweep has its turn; what is left is looked at in the next round.
                        waiting++;
                        continue;
                    }

                    if (await catalogue.FindAsync(file.Name, cancellationToken) is not { } row || row.ExpiresAt <= begun
                        || !await media.EnsureInBucketAsync(row.Id, row.ContentType, row.Bytes, row.Sha256, cancellationToken))
                    {
                        continue;
                    }

                    (uploaded, inARow) = (uploaded + 1, 0);
                }

                if (file.LastWriteTimeUtc < (begun - CopiesLast).UtcDateTime)
                {
                    media.Delete(file.Name);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                (reason, waiting, inARow) = (e.Message, waiting + 1, inARow + 1);
            }
        }

        if (waiting > 0)
        {
            Log.CopiesWait(logger, waiting, reason);
        }

        if (uploaded > 0)
        {
            Log.CopiesAreInBucket(logger, uploaded);
        }
    }

    /// <summary>Deletes the files whose time is over. One that could not be deleted is tried again behind the others, and keeps none of them.</summary>
    private async Task SweepExpiredAsync(CancellationToken cancellationToken)
    {
        if (_notDeleted.Count > Batch)
        {
            _notDeleted.Clear();
        }

        while (await catalogue.ListExpiredAsync(time.GetUtcNow(), Batch, cancellationToken) is { Count: > 0 } expired)
        {
            // A file goes before what is known of it: one that nobody knows would stay for ever.
            var gone = new List<string>();
            var (inARow, reason) = (0, "");
            foreach (var id in expired.OrderBy(_notDeleted.Contains))
            {
                try
                {
                    await media.DeleteAsync(id, cancellationToken);
                    gone.Add(id);
                    _notDeleted.Remove(id);
                    inARow = 0;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    reason = e.Message;
                    _notDeleted.Add(id);
                    if (++inARow == MostFailures)
                    {
                        break;
                    }
                }
            }

            if (gone.Count > 0)
            {
                await catalogue.RemoveAsync(gone, cancellationToken);
            }

            if (gone.Count == 0)
            {
                Log.MediaNotDeleted(logger, Math.Min(expired.Count, MostFailures), reason);
                return;
            }
        }
    }

    /// <summary>Whether this replica sweeps what all share: one of them is enough, and another one follows it.</summary>
    private async ValueTask<bool> IsFirstAsync(CancellationToken cancellationToken) =>
        !fleet.IsShared || (await fleet.ListAsync(cancellationToken)).FirstOrDefault(r => r.IsAlive)?.Id == owner.Id;

    /// <summary>Deletes the files that no generation knows: of a result whose last write a kill has prevented, and which was fetched again.</summary>
    private async Task SweepStrangersAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (fleet.IsShared && media.IsBesideDatabase)
        {
            // A folder that is being moved: rows may follow.
            return;
        }

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

        var (swept, others) = (0, 0);
        try
        {
            swept = await media.DropUnfinishedAsync(time.GetUtcNow() - StrangersInterval, cancellationToken);
        }
        catch (BucketAwayException e)
        {
            // Not every server can be asked for them; its files are looked at all the same.
            Log.UploadsNotListed(logger, e.Message);
        }

        var inARow = 0;
        await foreach (var id in stored)
        {
            if (await catalogue.FindAsync(id, cancellationToken) is not null)
            {
                continue;
            }

            if (!await media.IsOwnAsync(id, cancellationToken))
            {
                // A second fleet, or a node with a new data folder, on the same bucket: its results are no strangers.
                others++;
                continue;
            }

            try
            {
                await media.DeleteAsync(id, cancellationToken);
                (swept, inARow) = (swept + 1, 0);
            }
            catch (IOException e)
            {
                // One keeps no other, and is looked at again tomorrow, as those behind so many are.
                Log.MediaNotSwept(logger, id, e.Message);
                if (++inARow == MostFailures)
                {
                    break;
                }
            }
        }

        if (others > 0)
        {
            Log.StrangersStay(logger, others);
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
