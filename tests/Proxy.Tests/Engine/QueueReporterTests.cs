using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Limits;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Places in the queue are reported to other replicas; nothing depends on a report.</summary>
public sealed class QueueReporterTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private readonly FakeTimeProvider _time = new();
    private readonly ReportedPlaces _places = new();

    [Fact]
    public async Task ReportAsync_MoreWaitThanAreReported_ReportsTheFirstInOrder_AndOnceThatNobodyWaits()
    {
        var (limiters, reporter) = Reporter();
        var gate = limiters.For("alpha");
        await reporter.ReportAsync(default);
        Assert.Empty(_places.Reports);

        var running = gate.AttemptAcquire();
        using var leaving = new CancellationTokenSource();
        List<Task> waiting = [];
        for (var i = 0; i < QueueReporter.Most + 5; i++)
        {
            waiting.Add(gate.AcquireAsync(new QueueTurn("a", i == 3 ? 9 : 5, _time.GetUtcNow(), $"gen_{i}"), leaving.Token).AsTask());
        }

        await reporter.ReportAsync(default);

        var report = Assert.Single(_places.Reports);
        Assert.Equal(Enumerable.Range(1, QueueReporter.Most), report.Select(w => w.Position));
        Assert.Equal(["gen_3", "gen_0", "gen_1", "gen_2", "gen_4"], report.Take(5).Select(w => w.Id));
        Assert.All(report, w => Assert.Null(w.EstimatedMs));

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
        running.Dispose();
        await reporter.ReportAsync(default);
        await reporter.ReportAsync(default);

        // Once: it takes the last ones away.
        Assert.Empty(_places.Reports[1]);
        Assert.Equal(2, _places.Reports.Count);
    }

    [Fact]
    public async Task ReportAsync_TheStoreFailsOrHangs_EndsByItself_AndIsTriedAgain()
    {
        var (limiters, reporter) = Reporter();
        var gate = limiters.For("alpha");
        using var running = gate.AttemptAcquire();
        _ = gate.AcquireAsync(new QueueTurn("a", 5, _time.GetUtcNow(), "gen_a"), default).AsTask();

        _places.Fails = true;
        await reporter.ReportAsync(default);
        (_places.Fails, _places.Hangs) = (false, true);
        var hanging = reporter.ReportAsync(default);
        Assert.False(hanging.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(3));
        await hanging;
        _places.Hangs = false;
        await reporter.ReportAsync(default);

        Assert.Equal("gen_a", Assert.Single(Assert.Single(_places.Reports)).Id);
    }

    [Fact]
    public async Task ReportAsync_AnOutage_IsLoggedOnce_AndTheNextOneAgain()
    {
        var log = new Lines();
        var (limiters, reporter) = Reporter(log);
        var gate = limiters.For("alpha");
        using var running = gate.AttemptAcquire();
        _ = gate.AcquireAsync(new QueueTurn("a", 5, _time.GetUtcNow(), "gen_a"), default).AsTask();

        foreach (var fails in new[] { true, true, true, false, true, true })
        {
            _places.Fails = fails;
            await reporter.ReportAsync(default);
        }

        Assert.Equal(2, log.Count);
    }

    /// <remarks>What a background service throws ends the program.</remarks>
    [Fact]
    public async Task ReportAsync_PlacesCannotBeCounted_OrItFailsInAStop_ThrowsNothing()
    {
        var log = new Lines();
        var (limiters, reporter) = Reporter(log);
        var gate = limiters.For("alpha");
        using var running = gate.AttemptAcquire();
        _ = gate.AcquireAsync(new QueueTurn("a", 5, _time.GetUtcNow(), "gen_a"), default).AsTask();

        _places.Fails = true;
        await reporter.ReportAsync(new CancellationToken(canceled: true));
        Assert.Equal(0, log.Count);

        using var broken = new QueueReporter(null!, _places, new StoreOwner("me"), _time, log);
        await broken.ReportAsync(default);
        Assert.Equal(1, log.Count);
    }

    private (ProviderLimiters, QueueReporter) Reporter(ILogger<QueueReporter>? logger = null)
    {
        var limits = new ChangingOptions<LimitsOptions>(new LimitsOptions { ["alpha"] = new ProviderLimits { JobsAtOnce = 1 } });
        var limiters = new ProviderLimiters(
            new ModelCatalogue(engine.Get<ProviderTable>(), new ChangingOptions<CatalogueOptions>([]), limits), SharedLimits.None, _time);
        return (limiters, new QueueReporter(limiters, _places, new StoreOwner("me"), _time, logger ?? NullLogger<QueueReporter>.Instance));
    }

    private sealed class Lines : ILogger<QueueReporter>
    {
        public int Count { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Count++;
    }

    private sealed class ReportedPlaces : IQueuePlaces
    {
        public List<IReadOnlyList<WaitingPlace>> Reports { get; } = [];

        public bool Fails { get; set; }

        public bool Hangs { get; set; }

        public async ValueTask ReportAsync(string owner, IReadOnlyList<WaitingPlace> places, CancellationToken cancellationToken)
        {
            if (Fails)
            {
                throw new IOException("away");
            }

            await Task.Delay(Hangs ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, TimeProvider.System, cancellationToken);
            Reports.Add(places);
        }
    }
}
