using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Framegate.Proxy.Common.Redis;

/// <summary>
/// Limits that hold over all replicas: each count is a sorted set in Redis, whose members leave at their score. A place that is held is prolonged while its replica
/// lives, so that a dead one's come back. Without the Redis each replica goes by its own share, and asks nothing: only <see cref="ExecuteAsync"/> looks whether it is back.
/// </summary>
/// <remarks>A library for this was tried (RedisRateLimiting): it throws while the Redis is away, and cannot hold two limits at once.</remarks>
internal sealed class SharedLimits(FleetRedis? redis, TimeSpan lease, TimeProvider time) : BackgroundService
{
    private const int Page = 500;
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // Longer than others need to find that the Redis is back, and to report what they have counted meanwhile.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(3);
    private readonly ConcurrentDictionary<ISharedHolder, byte> _holders = new();

    // Since the last beat: what a beat finds gone and does not give back.
    private readonly ConcurrentDictionary<string, byte> _abandoned = new(StringComparer.Ordinal);
    private readonly string _self = Guid.NewGuid().ToString("n");
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _numbers;
    private long? _syncedAt;
    private bool _wasInForce;
    private volatile bool _isInForce;
    private int _replicas = 1;

    /// <summary>A process that shares nothing.</summary>
    public static SharedLimits None { get; } = new(null, TimeSpan.FromMinutes(1), TimeProvider.System);

    /// <summary>True while the counts of all replicas decide.</summary>
    public bool IsInForce => _isInForce;

    /// <summary>How many replicas were there when last anybody could say, this one included.</summary>
    public int Replicas => Volatile.Read(ref _replicas);

    private RedisLink Link => redis!.Link;

    private RedisChannel Channel => RedisChannel.Literal(Link.Prefix + "room");

    /// <summary>Takes note of how many replicas there are, this one included.</summary>
    public void Seen(int replicas)
    {
        var now = Math.Max(1, replicas);
        var before = Interlocked.Exchange(ref _replicas, now);
        if (now < before && !_isInForce)
        {
            // The share of each has grown: who waits may be let in.
            RoomMade(null);
        }
    }

    /// <summary>The part of a limit that this replica may use by itself: all of it while the counts of all decide.</summary>
    public int ShareOf(int limit) => _isInForce ? limit : Math.Max(1, limit / Replicas);

    /// <summary>A name for something that has none, which no other replica gives.</summary>
    public string NewMember() => $"{_self}:{Interlocked.Increment(ref _numbers)}";

    /// <summary>From now on what a holder holds is prolonged, and it is notified of room.</summary>
    public void Add(ISharedHolder holder)
    {
        if (!ReferenceEquals(this, None))
        {
            _holders.TryAdd(holder, 0);
        }
    }

    /// <summary>Takes a place at every gate, or at none.</summary>
    /// <param name="gates">The gates; they belong to one provider or client.</param>
    public async ValueTask<SharedVerdict> TakeAsync(IReadOnlyList<SharedGate> gates)
    {
        if (gates.Count == 0)
        {
            return new(IsAway: false, null, default, int.MaxValue);
        }

        if (!_isInForce)
        {
            return new(IsAway: true, null, default, 0);
        }

        var keys = gates.Select(g => KeyOf(g.Key)).ToArray();
        RedisValue[] values = [.. gates.SelectMany(g => new RedisValue[] { g.Limit, g.Member is null ? 0 : (long)(g.Lasts ?? lease).TotalMilliseconds, g.Member ?? "" })];
        try
        {
            var answer = (long[])(await Link.Database.ScriptEvaluateAsync(SharedScripts.Take, keys, values).WaitAsync(s_patience, time))!;
            return answer[0] == 0
                ? new(IsAway: false, null, default, (int)answer[1])
                : new(IsAway: false, (int)answer[0] - 1, gates[(int)answer[0] - 1].Lasts is null ? default : TimeSpan.FromMilliseconds(answer[1]), 0);
        }
        catch (Exception e) when (e is InvalidCastException || RedisFailure.Is(e))
        {
            Lose(e);
            return new(IsAway: true, null, default, 0);
        }
    }

    /// <summary>Takes a place that is held already, whatever the limit.</summary>
    public void Hold(string key, string member)
    {
        if (_isInForce)
        {
            Send(SharedScripts.Hold, key, (long)lease.TotalMilliseconds, member);
        }
    }

    /// <summary>Gives a place back; it need not be held.</summary>
    /// <param name="key">The count.</param>
    /// <param name="member">The place.</param>
    /// <param name="limit">The most that the count may hold: who waits elsewhere is notified when it was full.</param>
    public void Release(string key, string member, int limit)
    {
        if (_isInForce)
        {
            Send(SharedScripts.Release, key, member, limit, (string)Channel!, key);
        }
    }

    /// <summary>A place is not held here any more, and is not given back: another replica holds it.</summary>
    /// <param name="member">The place.</param>
    public void Abandoned(string member)
    {
        if (redis is not null)
        {
            _abandoned.TryAdd(member, 0);
        }
    }

    /// <summary>Starts once the Redis was looked for, so that the first job is counted too; one that is away is not waited for.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await base.StartAsync(cancellationToken);
        if (redis is not null)
        {
            await Task.WhenAny(_tried.Task, Task.Delay(s_pause * 2, time, cancellationToken));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (redis is null)
        {
            return;
        }

        var multiplexer = await Link.ConnectedAsync().WaitAsync(stoppingToken);
        multiplexer.ConnectionFailed += (_, _) => Lose(null);
        var isListening = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!isListening)
                {
                    // The library subscribes again by itself after each break of the connection.
                    await multiplexer.GetSubscriber().SubscribeAsync(Channel, (_, key) => RoomMade(key.ToString())).WaitAsync(s_pause, time, stoppingToken);
                    isListening = true;
                }

                await BeatAsync();
            }
            catch (Exception e) when (RedisFailure.Is(e, stoppingToken))
            {
                Lose(e);
            }

            _tried.TrySetResult();
            await Pause.ForAsync(_isInForce ? lease / 3 : s_pause, time, stoppingToken);
        }

        try
        {
            if (_isInForce)
            {
                await Link.Database.SortedSetRemoveAsync(KeyOf("replicas"), _self, CommandFlags.FireAndForget);
            }
        }
        catch (Exception e) when (RedisFailure.Is(e, CancellationToken.None))
        {
            // The others notice when its time there is over.
        }
    }

    /// <remarks>
    /// 1. This replica reports that it is there, and learns how many there are.
    /// 2. This replica reports again what it holds: the Redis may have come back empty.
    /// 3. After an outage the others are given the time to do the same, before the counts decide.
    /// 4. What was let in by its own share meanwhile is reported then, once more.
    /// </remarks>
    private async Task BeatAsync()
    {
        // 1. and 2.
        var count = await Link.Database.ScriptEvaluateAsync(SharedScripts.Hello, [KeyOf("replicas")], [(long)(lease + s_pause).TotalMilliseconds, _self]);
        Seen((int)count);
        await ReportHeldAsync(all: !_isInForce);
        if (_isInForce)
        {
            return;
        }

        // 3. A process that has just started has nothing that the others do not know.
        _syncedAt ??= time.GetTimestamp();
        if (_wasInForce && time.GetElapsedTime(_syncedAt.Value) < s_grace)
        {
            return;
        }

        // 4. In this order: what is let in after the change is counted there already.
        _isInForce = _wasInForce = true;
        await ReportHeldAsync(all: true);
        RoomMade(null);
        Link.Report(RedisUse.Limits, up: true);
    }

    private async Task ReportHeldAsync(bool all)
    {
        _abandoned.Clear();
        foreach (var holder in _holders.Keys)
        {
            var reported = holder.Places().ToList();
            foreach (var (key, page) in (all ? reported.Concat(holder.Sent()) : reported).GroupBy(p => p.Key).SelectMany(g => g.Chunk(Page).Select(c => (g.Key, c))).ToList())
            {
                await Link.Database.ScriptEvaluateAsync(
                    SharedScripts.Hold, [KeyOf(key)], [.. page.SelectMany(p => new RedisValue[] { (long)(p.Left ?? lease).TotalMilliseconds, p.Member })]);
            }

            // What was given back meanwhile may have been reported after that.
            foreach (var gone in reported.Except(holder.Places()).Where(p => !_abandoned.ContainsKey(p.Member)))
            {
                Release(gone.Key, gone.Member, 0);
            }
        }
    }

    private void Lose(Exception? failure)
    {
        _isInForce = false;
        _syncedAt = null;
        Link.Report(RedisUse.Limits, up: false, failure);
    }

    private void RoomMade(string? key)
    {
        foreach (var holder in _holders.Keys)
        {
            holder.RoomMade(key);
        }
    }

    private void Send(string script, string key, params RedisValue[] values)
    {
        try
        {
            Link.Database.ScriptEvaluate(script, [KeyOf(key)], values, CommandFlags.FireAndForget);
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            Lose(e);
        }
    }

    // What stands in braces decides where a cluster keeps the key; the gates of one call lie together.
    private RedisKey KeyOf(string key) => Link.Prefix + "limit:" + key;
}
