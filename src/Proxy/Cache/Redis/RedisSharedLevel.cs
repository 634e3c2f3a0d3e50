using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>
/// What replicas share through Redis. Media go in pieces, under their hash and with the entry's time, so that each replica can serve them
/// under the same URL; a file that is too large for that keeps its entry in the replica that made it.
/// </summary>
internal sealed class RedisSharedLevel(
    RedisLink link, InvalidationLog log, CacheSettings settings, MediaStore media, IOptions<MediaOptions> mediaOptions, IMediaCatalogue catalogue, TimeProvider time,
    ILogger<RedisSharedLevel> logger) : ISharedLevel
{
    private const int PieceBytes = 512 * 1024;

    public long Applied => log.Applied;

    public bool WasInvalidatedSince(long applied, CacheEntry entry) => log.Ends(applied, entry);

    public bool CanShare(CacheEntry entry) => entry.Result.Media.All(m => m.Bytes <= settings.Options.RedisMediaMaxBytes);

    public async Task ShareMediaAsync(CacheEntry entry, CancellationToken cancellationToken)
    {
        if (link.Up is null)
        {
            return;
        }

        // The caller does not wait: its own copy is here. Until the last piece is there, others take the entry for a miss.
        await Task.Yield();
        try
        {
            foreach (var item in entry.Result.Media)
            {
                await SendAsync(item, entry.ExpiresAt - time.GetUtcNow(), cancellationToken);
            }
        }
        catch (Exception e) when (e is IOException || RedisFailure.Is(e, cancellationToken))
        {
            Log.CacheMediaNotShared(logger, e.GetType().Name);
        }
    }

    public async ValueTask<bool> FetchMediaAsync(CacheEntry entry, MediaItem item, CancellationToken cancellationToken)
    {
        try
        {
            await media.AdoptAsync(item, PiecesAsync(item), cancellationToken);
            var now = time.GetUtcNow();
            await catalogue.AddAsync(
                entry.Id,
                new StoredMedia(item.Id, item.ContentType, item.Bytes, item.Sha256, now, entry.ExpiresAt + mediaOptions.Value.Retention),
                cancellationToken);
            return true;
        }
        catch (Exception e) when (e is IOException or InvalidDataException || RedisFailure.Is(e, cancellationToken))
        {
            return false;
        }
    }

    public async ValueTask PublishReplacedAsync(CacheEntry entry) => await log.PublishAsync(entry);

    public async ValueTask<bool> InvalidateAsync(Invalidation what, ISet<string> removed)
    {
        var reached = true;
        try
        {
            await log.RemoveSharedAsync(what, removed);
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            link.Report(RedisUse.Invalidations, up: false, e);
            reached = false;
        }

        return what.DryRun == true ? reached : await log.PublishAsync(what) && reached;
    }

    private async Task SendAsync(MediaItem item, TimeSpan life, CancellationToken cancellationToken)
    {
        var database = link.Database;
        await using var file = File.OpenRead(media.PathOf(item.Id));
        var buffer = new byte[PieceBytes];
        for (var piece = 0; ; piece++)
        {
            var read = await file.ReadAtLeastAsync(buffer, PieceBytes, throwOnEndOfStream: false, cancellationToken);
            if (read == 0)
            {
                return;
            }

            await database.StringSetAsync(KeyOf(item, piece), buffer.AsMemory(0, read), life);
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(MediaItem item)
    {
        long sent = 0;
        for (var piece = 0; sent < item.Bytes && (byte[]?)await link.Database.StringGetAsync(KeyOf(item, piece)) is { Length: > 0 } part; piece++)
        {
            sent += part.Length;
            yield return part;
        }
    }

    private RedisKey KeyOf(MediaItem item, int piece) => $"{link.Prefix}cache:media:{item.Sha256}:{piece}";
}
