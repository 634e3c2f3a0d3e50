using System.Globalization;
using System.Text.Json;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Common.Telemetry;
using StackExchange.Redis;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>
/// The invalidations of all replicas, in order, in a Redis stream. A message wakes the others at once; each also looks by itself every
/// second, so a lost message costs a second and no more. What cannot be published while the Redis is away is kept until it is back.
/// </summary>
internal sealed class InvalidationLog(RedisLink link, HybridEntries entries, TimeProvider time, ILogger<InvalidationLog> logger) : BackgroundService
{
    // Older builds beside this one name it so.
    private const string Name = "cache:news";
    private const int Kept = 1024;
    private const int KeptUnpublished = 256;
    private const int Page = 128;
    private const string Beginning = "0-0";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly Queue<(long Number, InvalidationMessage Message)> _recent = new();
    private readonly List<InvalidationMessage> _unpublished = [];
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Guid _self = Guid.NewGuid();
    private RedisValue _last = Beginning;
    private bool _following;
    private long _applied;

    private InvalidationMessage Everything { get; } = new() { From = Guid.Empty, Invalidated = new Invalidation { All = true } };

    /// <summary>How many messages have been applied here.</summary>
    public long Applied => Volatile.Read(ref _applied);

    private RedisKey Stream => link.Prefix + Name;

    private RedisChannel Channel => RedisChannel.Literal(link.Prefix + Name);

    /// <summary>Whether an entry was ended by a message that came after this many, or by one that is still to be published.</summary>
    public bool Ends(long applied, CacheEntry entry)
    {
        if (applied == Applied && _unpublished.Count == 0)
        {
            return false;
        }

        lock (_lock)
        {
            return _recent.Any(n => n.Number > applied && n.Message.Ends(entry)) || _unpublished.Any(n => n.Ends(entry));
        }
    }

    /// <summary>Publishes which entries must answer no longer.</summary>
    /// <returns>False when it has to wait until the Redis is back.</returns>
    public ValueTask<bool> PublishAsync(Invalidation invalidated) => PublishAsync(new InvalidationMessage { From = _self, Invalidated = invalidated });

    /// <summary>Publishes that an entry has replaced an older one.</summary>
    /// <returns>False when it has to wait until the Redis is back.</returns>
    public ValueTask<bool> PublishAsync(CacheEntry replacement) => PublishAsync(new InvalidationMessage { From = _self, Replaced = replacement.Key, By = replacement.Id });

    private async ValueTask<bool> PublishAsync(InvalidationMessage message)
    {
        Note(message);
        try
        {
            await WriteAsync(message);
            return true;
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            link.Report(RedisUse.Invalidations, up: false, e);
            lock (_lock)
            {
                if (_unpublished.Count >= KeptUnpublished)
                {
                    // Better all too much than one too little.
                    _unpublished.Clear();
                    _unpublished.Add(new InvalidationMessage { From = _self, Invalidated = new Invalidation { All = true } });
                }

                _unpublished.Add(message);
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
                    if (await entries.IsMeantAsync(what, EntryKeyOf(key)))
                    {
                        meant.Add(key);
                        removed.Add(EntryKeyOf(key));
                    }
                }

                if (what.DryRun != true)
                {
                    await database.KeyDeleteAsync([.. meant]);
                }
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
                await PublishTheRestAsync();
                link.Report(RedisUse.Invalidations, up: true);
            }
            catch (Exception e) when (RedisFailure.Is(e, stoppingToken))
            {
                link.Report(RedisUse.Invalidations, up: false, e);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.CacheInvalidationsFailed(logger, e);
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
        if (!_following && entries.IsEmpty)
        {
            // What was published before this replica came does not concern it.
            var newest = await database.StreamRangeAsync(Stream, "-", "+", 1, Order.Descending);
            _last = newest.Length == 0 ? Beginning : newest[0].Id;
            _following = true;
            return;
        }

        // With something in memory it has worked without the Redis so far: what others have published meanwhile concerns it.
        _following = true;
        var isFirst = true;
        while (await database.StreamRangeAsync(Stream, "(" + _last, "+", Page) is { Length: > 0 } page)
        {
            if (isFirst && await IsTrimmedAsync(database))
            {
                await TakeAsync(Everything);
            }

            isFirst = false;
            foreach (var item in page)
            {
                if (Read(item) is { } message && message.From != _self)
                {
                    await TakeAsync(message);
                }

                _last = item.Id;
            }
        }
    }

    /// <summary>Whether lines that were not read here are gone from the stream.</summary>
    private async Task<bool> IsTrimmedAsync(IDatabase database) => _last == Beginning
        ? await database.StreamLengthAsync(Stream) >= Kept
        : await database.StreamRangeAsync(Stream, "-", "+", 1) is [var oldest] && IsLater(oldest.Id, _last);

    /// <summary>A line. One that cannot be read, as of a later build, may mean anything.</summary>
    private InvalidationMessage? Read(StreamEntry item)
    {
        try
        {
            return (string?)item[Name] is { } json ? JsonSerializer.Deserialize(json, InvalidationJson.Default.InvalidationMessage) : null;
        }
        catch (JsonException)
        {
            return Everything;
        }
    }

    private async Task TakeAsync(InvalidationMessage message)
    {
        Note(message);
        await ApplyAsync(message);
    }

    /// <summary>Ids of a stream are a time in milliseconds and a number within it.</summary>
    private static bool IsLater(RedisValue id, RedisValue than)
    {
        var (a, b) = (PartsOf(id), PartsOf(than));
        return a.CompareTo(b) > 0;

        static (ulong Time, ulong Number) PartsOf(RedisValue id) =>
            id.ToString().Split('-') is [var time, var number] ? (ulong.Parse(time, CultureInfo.InvariantCulture), ulong.Parse(number, CultureInfo.InvariantCulture)) : default;
    }

    private async Task PublishTheRestAsync()
    {
        while (true)
        {
            InvalidationMessage message;
            lock (_lock)
            {
                if (_unpublished.Count == 0)
                {
                    return;
                }

                message = _unpublished[0];
            }

            if (message.Invalidated is { } what)
            {
                await RemoveSharedAsync(what, new HashSet<string>());
            }

            await WriteAsync(message);
            lock (_lock)
            {
                _unpublished.Remove(message);
            }
        }
    }

    private async Task WriteAsync(InvalidationMessage message)
    {
        var database = link.Database;
        await database.StreamAddAsync(Stream, Name, JsonSerializer.Serialize(message, InvalidationJson.Default.InvalidationMessage), maxLength: Kept, useApproximateMaxLength: true);
        await database.PublishAsync(Channel, RedisValue.EmptyString);
    }

    private void Note(InvalidationMessage message)
    {
        lock (_lock)
        {
            _recent.Enqueue((Interlocked.Increment(ref _applied), message));
            if (_recent.Count > Kept)
            {
                _recent.Dequeue();
            }
        }
    }

    private async Task ApplyAsync(InvalidationMessage message)
    {
        if (message.Invalidated is { } what)
        {
            await entries.ForgetAsync(what);
        }
        else if (message is { Replaced: { } key, By: { } generation })
        {
            await entries.ForgetOthersAsync(key, generation);
        }
    }

    private string EntryKeyOf(RedisKey key) => key.ToString()[(link.Prefix.Length + RedisLevel.Entries.Length)..];
}
