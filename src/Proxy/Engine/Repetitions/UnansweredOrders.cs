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

    public UnansweredOrders(IGenerationStore store, IFleet fleet, IOptions<JobsOptions> options, TimeProvider time, ILogger<UnansweredOrders> logger)
    {
        (_store, _fleet, _options, _time) = (store, fleet, options, time);
        _answered = new LateWriter(MostLeft, MarkAsync, time, logger);
        Orders = new OrderTable<string>(MostLeft, time) { Ended = _answered.Add };
        Refused = new FreeRefusals(MostRefused, time);
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

    /// <summary>Takes up what this process has taken from a replica that is gone: its callers have lost their connections.</summary>
    public async Task RestoreAsync(IReadOnlyList<GenerationState> taken, CancellationToken cancellationToken)
    {
        // All of them or none: what fails is done again.
        List<(ContentKey Key, string Id)> found = [];
        foreach (var state in Window > TimeSpan.Zero ? taken : [])
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
}
