using CsCheck;
using Framegate.Proxy.Engine;

namespace Framegate.Proxy.Tests.Engine;

public sealed class FairGateTests
{
    private readonly FairGate _gate = new(256);

    [Fact]
    public void TryEnter_OneProviderHangs_OthersHaveRoom()
    {
        var held = Fill("flux", "shop");

        Assert.Equal(128, held.Count);
        Assert.True(_gate.TryEnter("runway", "shop", out _));
        Assert.Equal(63, Fill("runway", "shop").Count);
        Assert.True(_gate.TryEnter("sora", "shop", out _));
    }

    [Fact]
    public void TryEnter_OneClientTakesAllItCan_AnotherHasRoomEverywhere()
    {
        foreach (var provider in new[] { "flux", "runway", "sora", "pika", "veo" })
        {
            Fill(provider, "greedy");
        }

        Assert.InRange(_gate.Used, 150, 192);
        foreach (var provider in new[] { "kling", "luma" })
        {
            Assert.True(_gate.TryEnter(provider, "modest", out _));
        }
    }

    [Fact]
    public async Task EnterAsync_PlaceIsGivenBack_GoesToTheNextThatMayHaveIt()
    {
        var held = Fill("flux", "shop");
        var same = _gate.EnterAsync("flux", "shop", default).AsTask();
        var gone = new CancellationTokenSource();
        var left = _gate.EnterAsync("flux", "blog", gone.Token).AsTask();
        Assert.False(same.IsCompleted || left.IsCompleted);

        // Nobody goes past those of its own line.
        Assert.False(_gate.TryEnter("flux", "shop", out _));
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        held[0].Dispose();
        held[1].Dispose();

        (await same).Dispose();
    }

    [Fact]
    public async Task EnterAsync_AnyOrderOfComingAndGoing_LosesNoPlaceAndNobody() => await Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 5]).Array[1, 200].SampleAsync(async steps =>
    {
        var gate = new FairGate(8);
        var inside = new List<FairGate.Place>();
        var waiting = new List<(Task<FairGate.Place> Task, CancellationTokenSource Gone)>();
        foreach (var (provider, client, what) in steps)
        {
            if (what < 3)
            {
                var gone = new CancellationTokenSource();
                waiting.Add((gate.EnterAsync($"p{provider}", $"c{client}", gone.Token).AsTask(), gone));
            }
            else if (what == 3 && waiting.Count > 0)
            {
                await waiting[provider % waiting.Count].Gone.CancelAsync();
            }
            else if (inside.Count > 0)
            {
                inside[^1].Dispose();
                inside.RemoveAt(inside.Count - 1);
            }

            Assert.InRange(gate.Used, 0, 8);
            await CollectAsync(_ => false);
        }

        // Whoever still waits comes in once the others have gone.
        while (waiting.Count > 0)
        {
            inside.ForEach(p => p.Dispose());
            inside.Clear();
            await CollectAsync(w => w.Count > 0);
        }

        inside.ForEach(p => p.Dispose());
        Assert.Equal(0, gate.Used);

        async Task CollectAsync(Func<List<Task>, bool> mustCome)
        {
            if (mustCome([.. waiting.Select(w => w.Task)]))
            {
                await Task.WhenAny(waiting.Select(w => w.Task));
            }

            foreach (var (task, gone) in waiting.Where(w => w.Task.IsCompleted).ToList())
            {
                waiting.RemoveAll(w => w.Task == task);
                gone.Dispose();
                if (task.IsCompletedSuccessfully)
                {
                    inside.Add(await task);
                }
            }
        }
    }, iter: 200);

    private List<FairGate.Place> Fill(string provider, string client)
    {
        var held = new List<FairGate.Place>();
        while (_gate.TryEnter(provider, client, out var place))
        {
            held.Add(place);
        }

        return held;
    }
}
