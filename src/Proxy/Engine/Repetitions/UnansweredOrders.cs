using System.Collections.Concurrent;
using System.Security.Cryptography;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>
/// The generations whose answers have not reached their callers. What has been answered is written down a moment later and many at a time; what an
/// earlier process has not written down is taken as lost with it, so that the worst of a crash is one answer that is given twice.
/// </summary>
internal sealed class UnansweredOrders : BackgroundService
{
    /// <summary>The longest that a caller may wait for an answer, so that what it began long ago may have been lost just now.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private const int MostLeft = 65_536;
    private const int MostRefused = 4096;

    private readonly IGenerationStore _store;
    private readonly IFleet _fleet;
    private readonly IOptions<JobsOptions> _options;
    private readonly TimeProvider _time;

    // One that does not fit is not written down, and counts as lost should the program die soon.
    private readonly LateWriter _answered;

    // Other replicas; null where there are none.
    private readonly IOrdersElsewhere? _elsewhere;

    // What is looked for there. Equal requests share what a question finds out that began after they came: that there is none.
    private readonly ConcurrentDictionary<ContentKey, Question> _asking = new();
    private long _questions;
    private int _taking;

    public UnansweredOrders(
        IGenerationStore store, IFleet fleet, IOptions<JobsOptions> options, TimeProvider time, ILogger<UnansweredOrders> logger, IOrdersElsewhere? elsewhere = null)
    {
        (_store, _fleet, _options, _time, _elsewhere) = (store, fleet, options, time, elsewhere);
        _answered = new LateWriter(MostLeft, MarkAsync, time, logger);
        Orders = new OrderTable<string>(MostLeft, time) { Ended = _answered.Add };
        Refused = new FreeRefusals(MostRefused, time);

        // What is just being taken from another replica is not among the orders yet.
        elsewhere?.Serve(
            key => Orders.Give(key, Window) is var (id, isPending) ? new GivenOrder(id, isPending || (id is null && Volatile.Read(ref _taking) > 0)) : default,
            (key, id, isKept) =>
            {
                if (isKept)
                {
                    Orders.Restore(key, id, _time.GetUtcNow());
                }
            });
    }

    /// <summary>The orders, by the ids of their generations.</summary>
    public OrderTable<string> Orders { get; }

    /// <summary>The calls that were refused before anything was begun.</summary>
    public FreeRefusals Refused { get; }

    /// <summary>How long an order waits for somebody who asks for the same again.</summary>
    public TimeSpan Window => _options.Value.RepeatWindow;

    /// <summary>Finds what an earlier process has left unanswered.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_fleet.IsShared)
        {
            // What other replicas have not answered yet may be on its way.
            await LoadAsync(cancellationToken);
        }

        await base.StartAsync(cancellationToken);
    }

    /// <summary>Writes down the last answers.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    /// <summary>Takes up what the store holds without an answer.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var lost = await _store.FindUnansweredAsync(now - Window - LongestWait, MostLeft, cancellationToken);

        // The callers of what was open have lost their connections with the process.
        foreach (var (state, fingerprint) in lost.OrderBy(o => o.State.FinishedAt ?? now))
        {
            if (fingerprint.Length == SHA256.HashSizeInBytes && (state.FinishedAt ?? now) >= now - Window)
            {
                Orders.Restore(ContentKey.Of(state.Client, fingerprint), state.Id, state.FinishedAt ?? now);
            }
        }
    }

    /// <summary>Takes an order over that has lost its caller at another replica, or with it.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <param name="mayAnswer">Whether a generation could answer; pure.</param>
    /// <param name="isDriven">Whether a generation is driven here.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>True when there is one among the <see cref="Orders"/> now, left to who asks for it next.</returns>
    /// <exception cref="StoreUnavailableException">The store cannot be asked now.</exception>
    public async ValueTask<bool> TakeFromOthersAsync(string client, byte[] fingerprint, Func<GenerationState, bool> mayAnswer, Func<string, bool> isDriven, CancellationToken cancellationToken)
    {
        if (_elsewhere is null || Window == TimeSpan.Zero || fingerprint.Length != SHA256.HashSizeInBytes)
        {
            return false;
        }

        var key = ContentKey.Of(client, fingerprint);
        var before = Volatile.Read(ref _questions);
        while (true)
        {
            // What was asked before this request came does not know what was lost since.
            while (_asking.TryGetValue(key, out var asking))
            {
                if (!await asking.HasOne.Task.WaitAsync(cancellationToken) && asking.Number > before)
                {
                    return false;
                }
            }

            var own = new Question(Interlocked.Increment(ref _questions));
            if (_asking.TryAdd(key, own))
            {
                _ = TakeFromOthersAsync(_elsewhere, key, fingerprint, mayAnswer, isDriven, own.HasOne);
                return await own.HasOne.Task.WaitAsync(cancellationToken);
            }
        }
    }

    /// <summary>Not cancellable: an order that was given to this replica must not be lost with the call that has asked for it.</summary>
    private async Task TakeFromOthersAsync(
        IOrdersElsewhere elsewhere, ContentKey key, byte[] fingerprint, Func<GenerationState, bool> mayAnswer, Func<string, bool> isDriven, TaskCompletionSource<bool> own)
    {
        try
        {
            var now = _time.GetUtcNow();
            var since = now - Window;
            var id = await elsewhere.TakeAsync(
                key.Client, fingerprint, since - LongestWait, s => (s.IsOpen || s.FinishedAt >= since) && mayAnswer(s), isDriven,
                taken => Orders.Restore(key, taken, _time.GetUtcNow()), CancellationToken.None);
            _asking.TryRemove(key, out _);
            own.SetResult(id is not null);
        }
        catch (Exception e)
        {
            _asking.TryRemove(key, out _);
            own.SetException(e);
        }
    }

    /// <summary>Generations are about to be taken from another replica. Until this is disposed of, whoever looks for their orders looks again.</summary>
    public IDisposable Taking()
    {
        Interlocked.Increment(ref _taking);
        return new Takeover(this);
    }

    /// <summary>Takes up what this process has taken from a replica that is gone: its callers have lost their connections, and may have asked a third one again.</summary>
    public async Task RestoreAsync(IReadOnlyList<GenerationState> taken, CancellationToken cancellationToken)
    {
        // All of them or none: what fails is done again.
        List<(ContentKey Key, string Id)> found = [];
        var elsewhere = taken.Count > 0 && _elsewhere is not null ? await _elsewhere.TakenByOthersAsync([.. taken.Select(s => s.Id)], cancellationToken) : null;
        foreach (var state in Window > TimeSpan.Zero ? taken.Where(s => elsewhere?.Contains(s.Id) != true) : [])
        {
            if (await _store.FindFingerprintAsync(state.Id, cancellationToken) is { Length: SHA256.HashSizeInBytes } fingerprint)
            {
                found.Add((ContentKey.Of(state.Client, fingerprint), state.Id));
            }
        }

        found.ForEach(o => Orders.Restore(o.Key, o.Id, _time.GetUtcNow()));
    }

    /// <summary>Writes down which answers have been given since the last time.</summary>
    internal Task WriteAsync(CancellationToken cancellationToken) => _answered.WriteAsync(cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _answered.RunAsync(stoppingToken);

    private ValueTask MarkAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        return _store.MarkAnsweredAsync(ids, now, now - Window - LongestWait, cancellationToken);
    }

    private sealed record Question(long Number)
    {
        public TaskCompletionSource<bool> HasOne { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Takeover(UnansweredOrders orders) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref orders._taking);
    }
}
