using System.Collections.Concurrent;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Limits;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine;

/// <summary>
/// The generations that something is still to be done for. On start it takes up every one that the store holds open and nobody drives, and later those
/// whose owner has gone; on stop it lets submits that are on their way come to their end.
/// </summary>
internal sealed class OpenGenerations(
    IGenerationStore store, StoreOwner owner, IFleet fleet, HeldLease held, GenerationRunner runner, UnansweredOrders unanswered, IProgressListener progress, HealthRegistry registry, IBudgetLedger budgets, ClientJobs jobs, ProviderLimiters limiters, SharedLimits shared, SchemaVersions versions, InputFolder inputs, FramegateMetrics metrics,
    IOptions<JobsOptions> options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<OpenGenerations> logger)
    : IHostedService, IDisposable
{
    private const int Batch = 500;
    private readonly ConcurrentDictionary<string, Entry> _open = new(StringComparer.Ordinal);

    // How many of them each client has.
    private readonly ConcurrentDictionary<string, int> _clients = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The dictionary takes all of its locks to return its count.
    private int _count;

    // True when the store may hold generations for this process that it does not know of: an answer of the store was lost.
    private volatile bool _mustReconcile;

    private volatile bool _isTakenUp;

    // Those that this process has lost to another replica, as long as somebody still waits for them here.
    private readonly ConcurrentDictionary<string, Generation> _lost = new(StringComparer.Ordinal);
    private long _lagMs;
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();
    private Task _beating = Task.CompletedTask;

    /// <summary>Ends as soon as the program is asked to stop: nothing new is sent from then on, and nobody is kept waiting.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>True once what the store holds for this process is taken up. Before that a caller whose replica is gone, and who asks again, would not find its order here.</summary>
    public bool IsReady => _isTakenUp && !_stopping.IsCancellationRequested;

    /// <summary>What stands against another one of a client.</summary>
    /// <param name="client">The client.</param>
    /// <returns>The setting and its value; null while it may be taken.</returns>
    public (string Setting, int Limit)? LimitFor(string client) =>
        Volatile.Read(ref _count) >= options.Value.MaxOpen ? ($"{JobsOptions.Section}:{nameof(JobsOptions.MaxOpen)}", options.Value.MaxOpen)
        : _clients.TryGetValue(client, out var open) && open >= options.Value.MaxOpenPerClient
            ? ($"{JobsOptions.Section}:{nameof(JobsOptions.MaxOpenPerClient)}", options.Value.MaxOpenPerClient)
        : null;

    /// <summary>The generation, when it is open.</summary>
    public Generation? Find(string id) => _open.TryGetValue(id, out var entry) ? entry.Generation : null;

    /// <summary>Starts to drive a generation.</summary>
    /// <returns>False when another one with this id is open.</returns>
    public bool Start(Generation generation)
    {
        var entry = new Entry(generation);
        if (!_open.TryAdd(generation.State.Id, entry))
        {
            // What was lost to another replica and has come back is driven from where that one has left it.
            if (!_open.TryGetValue(generation.State.Id, out var old) || !old.Generation.IsLost || !_open.TryUpdate(generation.State.Id, entry, old))
            {
                return false;
            }

            entry.Driver = DriveAsync(entry);
            return true;
        }

        Interlocked.Increment(ref _count);
        _clients.AddOrUpdate(generation.State.Client, 1, (_, open) => open + 1);
        entry.Driver = DriveAsync(entry);
        return true;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(_started.SetResult);
        lifetime.ApplicationStopping.Register(() => _ = _stopping.CancelAsync());
        metrics.CountOpen(() => _open.Values.Select(e => e.Generation.State.Provider).GroupBy(p => p).Select(g => (g.Key, g.Count())));
        if (fleet.IsShared)
        {
            await held.RenewAsync(cancellationToken);
        }

        try
        {
            if (fleet.IsShared)
            {
                // Before anything is let in: this replica's share of a limit is by how many there are.
                shared.Seen((await fleet.ListAsync(cancellationToken)).Count(static r => r.IsAlive));
            }

            await TakeUpAsync(cancellationToken);
            _isTakenUp = true;
        }
        catch (StoreUnavailableException e) when (fleet.IsShared && StoreUnavailableException.TryLog(logger, e))
        {
            // The beat goes on with it.
            _mustReconcile = true;
        }

        inputs.Sweep();
        _beating = BeatAsync(_stopping.Token);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        var ended = Task.WhenAll(_open.Values.Select(e => e.Driver).Append(_beating)).WaitAsync(cancellationToken);
        while (!ended.IsCompleted)
        {
            // A submit that is on its way may take longer than the lease.
            await Task.WhenAny(ended, Task.Delay(fleet.Beat, time, cancellationToken));
            await (ended.IsCompleted || !fleet.IsShared ? Task.CompletedTask : held.RenewAsync(cancellationToken).AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (ended.IsCompletedSuccessfully)
        {
            await LetGoAsync(null);
        }
    }

    private async Task LetGoAsync(IReadOnlyList<string>? ids)
    {
        try
        {
            await fleet.ReleaseAsync(owner.Id, ids, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Then the end of the lease lets go of them.
        }
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Holds on to what is open here, and takes up what others have left.</summary>
    private async Task BeatAsync(CancellationToken stopping)
    {
        // Before the look: what is let go of after it is not missed.
        var released = fleet.NextReleaseAsync();
        while (!stopping.IsCancellationRequested)
        {
            await Task.WhenAny(released, Task.Delay(fleet.Beat, time, stopping));
            released = fleet.NextReleaseAsync();
            try
            {
                await HoldOnAsync(stopping);
                ForgetLost();
                await TakeUpAsync(stopping);
                await ReconcileAsync(stopping);
                _isTakenUp = true;
                var replicas = await fleet.ReportAsync(owner.Id, Report(), stopping);
                if (fleet.IsShared)
                {
                    shared.Seen(replicas);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _mustReconcile = true;
                if (!StoreUnavailableException.TryLog(logger, e))
                {
                    Log.LeaseNotRenewed(logger, e);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task HoldOnAsync(CancellationToken cancellationToken)
    {
        _lagMs = (long)(await held.RenewAsync(cancellationToken)).TotalMilliseconds;
        await DropLostAsync(cancellationToken);
    }

    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        var resumed = 0;
        IReadOnlyList<ClaimedGeneration> claimed;
        do
        {
            using (unanswered.Taking())
            {
                claimed = await store.ClaimAsync(owner.Id, fleet.Lease, Batch, cancellationToken);
                await RestoreAsync(claimed, cancellationToken);
            }

            foreach (var found in claimed)
            {
                if (fleet.IsShared && Find(found.State.Id) is { } old)
                {
                    // Only what another held is claimed. A driver of before must not go on from what it knew then.
                    _ = old.Lost.CancelAsync();
                }

                TakeUp(found);
                resumed++;
            }

            if (claimed.Count == Batch && fleet.IsShared)
            {
                // All that a dead replica has left may take longer than the lease.
                await HoldOnAsync(cancellationToken);
            }
        }
        while (claimed.Count == Batch);
        if (resumed > 0)
        {
            Log.Resumed(logger, resumed);
        }
    }

    /// <summary>Who asks again for what another replica has begun joins it: its callers have lost their connections. Before it is driven, since this may fail: what is not driven
    /// is found again.</summary>
    private async Task RestoreAsync(IReadOnlyList<ClaimedGeneration> taken, CancellationToken cancellationToken)
    {
        if (fleet.IsShared)
        {
            await unanswered.RestoreAsync([.. taken.Select(c => c.State).Where(s => !_open.ContainsKey(s.Id) && !_lost.ContainsKey(s.Id))], cancellationToken);
        }
    }

    /// <summary>
    /// The lease may have ended before it was prolonged, and others may have taken what was held here: their drivers here write nothing any more, before anything of it can
    /// come back to this process.
    /// </summary>
    private async Task DropLostAsync(CancellationToken cancellationToken)
    {
        if (!held.TakeLapse())
        {
            return;
        }

        var stored = _open.Values.Where(e => e.Generation.Unstored is null).ToList();
        HashSet<string> still;
        try
        {
            still = (await fleet.ListHeldAsync(owner.Id, cancellationToken)).ToHashSet(StringComparer.Ordinal);
        }
        catch
        {
            held.PutLapseBack();
            throw;
        }

        foreach (var lost in stored.Where(e => !still.Contains(e.Generation.State.Id)))
        {
            _ = lost.Generation.Lost.CancelAsync();
        }
    }

    private void ForgetLost()
    {
        foreach (var lost in _lost.Where(l => Volatile.Read(ref l.Value.Waiting) == 0))
        {
            _lost.TryRemove(lost);
        }
    }

    /// <summary>Drives what the store holds for this process and nobody drives. It is looked at twice: what has ended in between is not open any more.</summary>
    private async Task ReconcileAsync(CancellationToken cancellationToken)
    {
        if (!_mustReconcile || !fleet.IsShared)
        {
            return;
        }

        // Before the look: what comes up meanwhile stands. Where a look fails, the beat asks for another.
        _mustReconcile = false;
        using var taking = unanswered.Taking();
        var strange = (await fleet.ListHeldAsync(owner.Id, cancellationToken)).Where(id => !_open.ContainsKey(id));
        foreach (var ids in strange.Chunk(Batch))
        {
            var found = (await fleet.ReadHeldAsync(owner.Id, ids, cancellationToken)).ToList();
            await RestoreAsync(found, cancellationToken);
            found.ForEach(TakeUp);
            Log.Resumed(logger, found.Count);
        }
    }

    private ReplicaReport Report() => new(
        Environment.MachineName, typeof(OpenGenerations).Assembly.GetName().Version?.ToString(3) ?? "", _startedAt, Volatile.Read(ref _count),
        _open.Values.GroupBy(e => e.Generation.State.Provider).ToDictionary(g => g.Key, g => g.Count()), _lagMs);

    private void TakeUp(ClaimedGeneration claimed)
    {
        var (state, body) = claimed;
        if (_open.TryGetValue(state.Id, out var entry) && !entry.Generation.IsLost)
        {
            return;
        }

        // What runs already counts against the limits, whatever they allow now.
        registry.Moved(null, state, default);
        var place = jobs.Adopt(state.Client, [state.Alias, state.Provider + "/" + state.Model, state.Model], state.Id);
        var heldInputs = body is null ? HeldInputs.None : inputs.Restore(body);
        var files = heldInputs.All.OfType<HeldFile>().ToList();
        files.ForEach(f => f.Hold());
        var generation = new Generation(state, time)
        {
            Resumed = true,
            Request = body is null ? null : versions.Read(body, heldInputs).Request,
            Place = place,
            BudgetHold = budgets.Adopt(state.Client, state.CreatedAt, state.Charge, state.Id, state.Revision),
            Lease = state.OpenAt is null ? null : limiters.For(state.Provider).Adopt(state.Id, state.Client),
        };

        // Deletes those that the generation does not hold: its request cannot be read.
        files.ForEach(f => f.LetGo());
        if (state is { Phase: GenerationPhase.Queued, Follows: null } && limiters.For(state.Provider) is { IsLimited: true } limiter)
        {
            // In line before the first of them is let in, so that priority and arrival decide, not who is driven first.
            generation.Turn = new QueueTurn(state.Client, state.Priority, state.CreatedAt, state.Id);
            limiter.Reserve(generation.Turn);
        }

        if (!Start(generation))
        {
            place?.Dispose();
            generation.LeaveTurn();
        }
    }

    private async Task DriveAsync(Entry entry)
    {
        var generation = entry.Generation;
        if (generation.Resumed)
        {
            // The way out, and whatever receives a result, is up by then.
            await _started.Task.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        progress.Began(generation, _stopping.Token);
        using (var ended = fleet.IsShared ? CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, generation.Lost.Token) : null)
        {
            await runner.RunAsync(generation, ended?.Token ?? _stopping.Token);
        }

        generation.ReleaseLease();
        generation.LeaveTurn();
        generation.ReleaseReservation();
        if (generation is { Unstored: not null, BudgetHold: { } hold })
        {
            // It was never stored, so that nothing was sent.
            budgets.Settle(hold, 0);
        }

        if (generation is { State.IsOpen: true, Unstored: null } && _stopping.IsCancellationRequested)
        {
            // Nothing is written here any more, so that another replica may go on at once.
            await LetGoAsync([generation.State.Id]);
            return;
        }

        generation.Request = null;
        generation.ReleasePlace();
        var isLeft = generation is { State.IsOpen: true, Unstored: null };
        if (isLeft)
        {
            _lost[generation.State.Id] = generation;
        }

        if (_open.TryRemove(new KeyValuePair<string, Entry>(generation.State.Id, entry)))
        {
            Interlocked.Decrement(ref _count);
            var left = _clients.AddOrUpdate(generation.State.Client, 0, (_, open) => open - 1);
            if (left == 0)
            {
                _clients.TryRemove(KeyValuePair.Create(generation.State.Client, 0));
            }
        }

        if (generation is { IsLost: true, State.OpenAt: { } openAt })
        {
            // It counts where it is driven.
            registry.Closed(openAt);
        }

        if (isLeft)
        {
            // Somebody else drives it now; who waits here sees what is stored there. The next beat makes sure that it is somebody else.
            _mustReconcile = true;
            generation.LeaveTo(FollowAsync);
        }
    }

    /// <summary>Shows what another replica does with a generation.</summary>
    /// <param name="generation">The generation, as it is shown here.</param>
    /// <param name="until">Nobody waits any more.</param>
    public async Task FollowAsync(Generation generation, CancellationToken until)
    {
        await foreach (var state in store.WatchAsync(generation.State.Id, until))
        {
            generation.Adopt(state);
        }
    }

    private sealed class Entry(Generation generation)
    {
        public Generation Generation { get; } = generation;

        public Task Driver { get; set; } = Task.CompletedTask;
    }
}
