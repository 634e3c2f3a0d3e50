using CsCheck;
using Framegate.Proxy.Selection.Limits;

namespace Framegate.Proxy.Tests.Routing;

public sealed class FairGateTests
{
    private readonly FairGate _gate = new(256);

    [Fact]
    public void TryEnter_ProvidersHangOneAfterTheOther_TheNextHasRoom()
    {
        foreach (var (provider, room) in new[] { ("flux", 100), ("runway", 50), ("sora", 25), ("pika", 12), ("veo", 6), ("kling", 1) })
        {
            Assert.InRange(Fill(provider, "shop").Count, room, 128);
        }
    }

    [Fact]
    public void TryEnter_OneClientTakesAllItCan_AnotherHasRoomAtTheSameProvider()
    {
        Fill("flux", "greedy");

        Assert.InRange(Fill("flux", "modest").Count, 10, 64);
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
