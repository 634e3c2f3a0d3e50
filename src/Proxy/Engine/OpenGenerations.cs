using System.Collections.Concurrent;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Limits;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine;

/// <summary>
/// The generations that something is still to be done for. On start it takes up every one that the store holds open and nobody drives, and later those
/// whose owner has gone; on stop it lets submits that are on their way come to their end.
/// </summary>
internal sealed class OpenGenerations(
    IGenerationStore store, StoreOwner owner, GenerationRunner runner, HealthRegistry registry, IBudgetLedger budgets, ClientJobs jobs, ProviderLimiters limiters, SchemaVersions versions, FramegateMetrics metrics,
    IOptions<JobsOptions> options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<OpenGenerations> logger)
    : IHostedService, IDisposable
{
    private const int Batch = 200;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<string, Entry> _open = new(StringComparer.Ordinal);

    // How many of them each client has.
    private readonly ConcurrentDictionary<string, int> _clients = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The dictionary takes all of its locks to tell its count.
    private int _count;
    private Task _beating = Task.CompletedTask;

    /// <summary>Ends as soon as the program is told to stop: nothing new is sent from then on, and nobody is kept waiting.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>True once the store has been read.</summary>
    public bool IsReady { get; private set; }

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
            return false;
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
        await TakeUpAsync(cancellationToken);
        _beating = BeatAsync(_stopping.Token);
        IsReady = true;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        IsReady = false;
        await _stopping.CancelAsync();
        await Task.WhenAll(_open.Values.Select(e => e.Driver).Append(_beating)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Holds on to what is open here, and takes up what others have left.</summary>
    private async Task BeatAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Beat, time);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stopping);
                await store.RenewAsync(owner.Id, time.GetUtcNow() + Lease, stopping);
                await TakeUpAsync(stopping);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
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

    private async Task TakeUpAsync(CancellationToken cancellationToken)
    {
        var resumed = 0;
        IReadOnlyList<ClaimedGeneration> claimed;
        do
        {
            var now = time.GetUtcNow();
            claimed = await store.ClaimAsync(owner.Id, now, now + Lease, Batch, cancellationToken);
            foreach (var (state, body) in claimed)
            {
                // What runs already counts against the limits, whatever they say now.
                registry.Moved(null, state, default);
                jobs.TryTake(state.Client, [state.Alias, state.Provider + "/" + state.Model, state.Model], force: true, out var place);
                var generation = new Generation(state)
                {
                    Resumed = true,
                    Request = body is null ? null : versions.Read(body).Request,
                    Place = place,
                    BudgetHold = budgets.Adopt(state.Client, state.CreatedAt, state.Charge),
                    Lease = state.OpenAt is null ? null : limiters.For(state.Provider)?.Adopt(),
                };
                if (state is { Phase: GenerationPhase.Queued, Follows: null } && limiters.For(state.Provider) is { } limiter)
                {
                    // In line before the first of them is let in, so that priority and arrival decide, not who is driven first.
                    generation.Turn = new QueueTurn(state.Client, state.Priority, state.CreatedAt);
                    limiter.Reserve(generation.Turn);
                }

                if (!Start(generation))
                {
                    place?.Dispose();
                    generation.LeaveTurn();
                }

                resumed++;
            }
        }
        while (claimed.Count == Batch);
        if (resumed > 0)
        {
            Log.Resumed(logger, resumed);
        }
    }

    private async Task DriveAsync(Entry entry)
    {
        var generation = entry.Generation;
        if (generation.Resumed)
        {
            // The way out, and what hears of a result, is up by then.
            await _started.Task.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await runner.RunAsync(generation, _stopping.Token);
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
            return;
        }

        generation.Place?.Dispose();
        if (_open.TryRemove(new KeyValuePair<string, Entry>(generation.State.Id, entry)))
        {
            Interlocked.Decrement(ref _count);
            var left = _clients.AddOrUpdate(generation.State.Client, 0, (_, open) => open - 1);
            if (left == 0)
            {
                _clients.TryRemove(KeyValuePair.Create(generation.State.Client, 0));
            }
        }

        if (generation is { State.IsOpen: true, Unstored: null })
        {
            // Somebody else drives it now; who waits here sees what is stored there.
            await foreach (var state in store.WatchAsync(generation.State.Id, _stopping.Token).ConfigureAwait(false))
            {
                generation.Adopt(state);
            }
        }
    }

    private sealed class Entry(Generation generation)
    {
        public Generation Generation { get; } = generation;

        public Task Driver { get; set; } = Task.CompletedTask;
    }
}
