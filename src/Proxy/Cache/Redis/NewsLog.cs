using System.Text.Json;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Common.Telemetry;
using StackExchange.Redis;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>
/// The news of all replicas, in order, in a Redis stream. A message wakes the others at once; each also looks by itself every second, so a
/// message that is lost costs a second and no more. What is said while the Redis is away is kept and said when it is back.
/// </summary>
internal sealed class NewsLog(RedisLink link, MemoryLevel memory, TimeProvider time, ILogger<NewsLog> logger) : BackgroundService
{
    private const int Kept = 1024;
    private const int KeptUnsaid = 256;
    private const int Page = 128;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly Queue<(long Number, News News)> _recent = new();
    private readonly List<News> _unsaid = [];
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Guid _self = Guid.NewGuid();
    private RedisValue _last = "0-0";
    private bool _following;
    private long _applied;

    /// <summary>How much news has been applied here.</summary>
    public long Applied => Volatile.Read(ref _applied);

    private RedisKey Stream => link.Prefix + "news";

    private RedisChannel Channel => RedisChannel.Literal(link.Prefix + "news");

    /// <summary>Whether an entry was ended by news that came after this much, or by news that is still to be said.</summary>
    public bool Ends(long applied, CacheEntry entry)
    {
        if (applied == Applied && _unsaid.Count == 0)
        {
            return false;
        }

        lock (_lock)
        {
            return _recent.Any(n => n.Number > applied && n.News.Ends(entry)) || _unsaid.Any(n => n.Ends(entry));
        }
    }

    /// <summary>Tells the others which entries must answer no longer.</summary>
    /// <returns>False when it has to wait until the Redis is back.</returns>
    public ValueTask<bool> SayAsync(Invalidation invalidated) => SayAsync(new News { From = _self, Invalidated = invalidated });

    /// <summary>Tells the others that an entry has replaced an older one.</summary>
    /// <returns>False when it has to wait until the Redis is back.</returns>
    public ValueTask<bool> SayAsync(CacheEntry replacement) => SayAsync(new News { From = _self, Replaced = replacement.Key, By = replacement.Id });

    private async ValueTask<bool> SayAsync(News news)
    {
        Note(news);
        try
        {
            await WriteAsync(news);
            return true;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            link.Report(up: false);
            lock (_lock)
            {
                if (_unsaid.Count >= KeptUnsaid)
                {
                    // Better all too much than one too little.
                    _unsaid.Clear();
                    _unsaid.Add(new News { From = _self, Invalidated = new Invalidation { All = true } });
                }

                _unsaid.Add(news);
            }

            return false;
        }
    }

    /// <summary>Removes the shared entries that an invalidation means.</summary>
    /// <param name="what">Which.</param>
    /// <param name="removed">Takes their keys.</param>
    public async Task RemoveSharedAsync(Invalidation what, ISet<string> removed)
    {
        var multiplexer = link.Up ?? throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "The shared Redis is away.");
        var database = multiplexer.GetDatabase();
        foreach (var server in multiplexer.GetServers().Where(s => s is { IsConnected: true, IsReplica: false }))
        {
            await foreach (var page in server.KeysAsync(database.Database, link.Prefix + RedisLevel.Entries + "*", pageSize: 1000).Chunk(Page))
            {
                var meant = new List<RedisKey>();
                foreach (var key in page)
                {
                    if (await IsMeantAsync(database, key, what))
                    {
                        meant.Add(key);
                        removed.Add(EntryKeyOf(key));
                    }
                }

                await database.KeyDeleteAsync([.. meant]);
            }
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var multiplexer = await link.ConnectedAsync().WaitAsync(stoppingToken);
        var subscribed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!subscribed)
                {
                    await multiplexer.GetSubscriber().SubscribeAsync(Channel, (_, _) => Wake());
                    subscribed = true;
                }

                await FollowAsync();
                await SayTheRestAsync();
                link.Report(up: true);
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                link.Report(up: false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.CacheNewsFailed(logger, e);
            }

            using var timer = new CancellationTokenSource(Interval, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, stoppingToken);
            await _wake.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else has.
            }
        }
    }

    /// <summary>Applies what is new.</summary>
    private async Task FollowAsync()
    {
        var database = link.Database;
        if (!_following)
        {
            // What was said before this replica came does not concern it: its memory is empty.
            var newest = await database.StreamRangeAsync(Stream, "-", "+", 1, Order.Descending);
            _last = newest.Length == 0 ? "0-0" : newest[0].Id;
            _following = true;
            return;
        }

        while (await database.StreamRangeAsync(Stream, "(" + _last, "+", Page) is { Length: > 0 } page)
        {
            foreach (var item in page)
            {
                if ((string?)item["news"] is { } json && JsonSerializer.Deserialize(json, EntryJson.Default.News) is { } news && news.From != _self)
                {
                    Note(news);
                    memory.RemoveWhere(held => news.Ends(held.Peek()));
                }

                _last = item.Id;
            }
        }
    }

    private async Task SayTheRestAsync()
    {
        while (true)
        {
            News news;
            lock (_lock)
            {
                if (_unsaid.Count == 0)
                {
                    return;
                }

                news = _unsaid[0];
            }

            if (news.Invalidated is { } what)
            {
                await RemoveSharedAsync(what, new HashSet<string>());
            }

            await WriteAsync(news);
            lock (_lock)
            {
                _unsaid.Remove(news);
            }
        }
    }

    private async Task WriteAsync(News news)
    {
        var database = link.Database;
        await database.StreamAddAsync(Stream, "news", JsonSerializer.Serialize(news, EntryJson.Default.News), maxLength: Kept, useApproximateMaxLength: true);
        await database.PublishAsync(Channel, RedisValue.EmptyString);
    }

    private void Note(News news)
    {
        lock (_lock)
        {
            _recent.Enqueue((Interlocked.Increment(ref _applied), news));
            if (_recent.Count > Kept)
            {
                _recent.Dequeue();
            }
        }
    }

    /// <summary>The key says it, except for an alias: what it led to is in the entry.</summary>
    private async ValueTask<bool> IsMeantAsync(IDatabase database, RedisKey key, Invalidation what)
    {
        if (what.Provider is null && what.Model is null)
        {
            return what.MatchesKey(EntryKeyOf(key));
        }

        byte[]? json = await database.StringGetAsync(key);
        return json is not null && JsonSerializer.Deserialize(json, EntryJson.Default.FusionCacheDistributedEntryCacheEntry)?.Value is { } entry && what.Matches(entry.Name);
    }

    /// <summary>FusionCache puts the version of its format before the key.</summary>
    private string EntryKeyOf(RedisKey key)
    {
        var text = key.ToString()[(link.Prefix.Length + RedisLevel.Entries.Length)..];
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }
}
