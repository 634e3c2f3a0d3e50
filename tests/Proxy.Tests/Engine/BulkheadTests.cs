using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

public sealed class BulkheadTests(TestEngine engine) : EngineTest(engine)
{
    [Fact]
    public async Task Run_AProviderHangs_HoldsNoOtherProviderAndNoOtherClient()
    {
        const int Hanging = 400;
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new SemaphoreSlim(0);
        Egress.On(NativeCall.Submit, Reply.Text with
        {
            Meanwhile = () =>
            {
                arrived.Release();
                return release.Task;
            },
        });
        var runs = Enumerable.Range(0, Hanging).Select(_ => Engine.Get<GenerationRunner>().RunAsync(Engine.New("alpha"), default)).ToList();
        for (var i = 0; i < 256; i++)
        {
            Assert.True(await arrived.WaitAsync(TimeSpan.FromSeconds(20)));
        }

        // One client has three quarters of the provider's places; the rest of its submits wait.
        Assert.False(await arrived.WaitAsync(0));
        Egress.On(NativeCall.Submit, Reply.Text);

        Assert.Equal(GenerationStatus.Success, (await RunAsync("beta")).Status);
        Assert.Equal(GenerationStatus.Success, (await Engine.RunAsync(Engine.New("alpha", change: s => s with { Client = "other" }))).Status);
        release.SetResult();
        await Task.WhenAll(runs).WaitAsync(TimeSpan.FromSeconds(30));
    }
}

public sealed class BulkheadPlacesTests
{
    private readonly Bulkhead _bulkhead = new(total: 16, perTarget: 8);

    [Fact]
    public void TryEnter_OneTarget_LeavesPlacesToTheOthers()
    {
        Assert.Equal(6, Fill("hanging", "a").Count);
        Assert.Equal(2, Fill("HANGING", "b").Count);
        Assert.NotNull(_bulkhead.TryEnter("quick", "a"));
    }

    [Fact]
    public void TryEnter_AGreedyClient_LeavesAQuarterToTheOthers()
    {
        Assert.Equal(12, Enumerable.Range(0, 5).Sum(i => Fill($"p{i}", "greedy").Count));
        Assert.NotNull(_bulkhead.TryEnter("p0", "other"));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 100)]
    [InlineData(2, 1)]
    public void TryEnter_FewPlaces_ThereIsOneForEachInTurn(int total, int perTarget)
    {
        var bulkhead = new Bulkhead(total, perTarget);
        var place = bulkhead.TryEnter("p", "a");

        Assert.NotNull(place);
        Assert.Null(bulkhead.TryEnter("p", "a"));
        place.Dispose();
        place.Dispose();
        Assert.NotNull(bulkhead.TryEnter("p", "b"));
    }

    [Fact]
    public async Task EnterAsync_Full_LetsInByTurns()
    {
        var bulkhead = new Bulkhead(1, 1);
        var held = bulkhead.TryEnter("p", "first");
        string[] waiting = ["a1", "a2", "a3", "b1", "c1"];
        var order = new List<string>();
        var runs = waiting.Select(async name =>
        {
            using var place = await bulkhead.EnterAsync("p", name[..1], default);
            order.Add(name);
        }).ToList();

        held!.Dispose();
        await Task.WhenAll(runs);

        Assert.Equal(["a1", "b1", "c1", "a2", "a3"], order);
    }

    [Fact]
    public async Task EnterAsync_TheWaitIsGivenUp_TakesNoPlace()
    {
        var bulkhead = new Bulkhead(1, 1);
        var held = bulkhead.TryEnter("p", "a");
        using var givingUp = new CancellationTokenSource();
        var given = bulkhead.EnterAsync("p", "b", givingUp.Token).AsTask();
        var kept = bulkhead.EnterAsync("p", "c", default).AsTask();

        await givingUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        held!.Dispose();

        (await kept).Dispose();
        Assert.NotNull(bulkhead.TryEnter("p", "a"));
    }

    [Fact]
    public async Task EnterAsync_OneLeaves_LetsInOneAtItsTargetAndOneOfItsClient()
    {
        // Four places for a client at a target that has five (three quarters of six, and of five); the total is never what is short.
        var bulkhead = new Bulkhead(8, 5);
        var held = Enumerable.Range(0, 3).Select(_ => bulkhead.TryEnter("p", "a")!).ToList();
        Assert.Null(bulkhead.TryEnter("p", "a"));
        held.AddRange(Enumerable.Range(0, 3).Select(_ => bulkhead.TryEnter("q", "a")!));
        held.AddRange(Enumerable.Range(0, 2).Select(_ => bulkhead.TryEnter("p", "b")!));
        var ofClient = bulkhead.EnterAsync("r", "a", default).AsTask();
        var atTarget = bulkhead.EnterAsync("p", "c", default).AsTask();

        held.ForEach(h => h.Dispose());

        (await ofClient).Dispose();
        (await atTarget).Dispose();
    }

    private List<Bulkhead.Place> Fill(string target, string client)
    {
        var places = new List<Bulkhead.Place>();
        while (_bulkhead.TryEnter(target, client) is { } place)
        {
            places.Add(place);
        }

        return places;
    }
}
