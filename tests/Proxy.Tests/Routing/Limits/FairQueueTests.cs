using CsCheck;
using Framegate.Proxy.Selection.Limits;

namespace Framegate.Proxy.Tests.Routing.Limits;

public sealed class FairQueueTests
{
    private static readonly DateTimeOffset s_start = new(2026, 11, 3, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Arrivals as (client, priority, seconds since the last one, how many are taken after it).</summary>
    private static readonly Gen<(string Client, int Priority, int Seconds, int Taken)[]> s_arrivals =
        Gen.Select(Gen.Int[0, 2].Select(i => "abc"[i].ToString()), Gen.Int[0, 9], Gen.Int[0, 90], Gen.Int[0, 2]).Array[1, 60];

    [Fact]
    public void Take_AnyArrivals_TakesEachOnceAndTheHighestLevelFirst() => s_arrivals.Sample(arrivals =>
    {
        var queue = new FairQueue();
        var waiting = new List<QueueTurn>();
        var now = s_start;
        foreach (var (client, priority, seconds, taken) in arrivals)
        {
            now = now.AddSeconds(seconds);
            var turn = new QueueTurn(client, priority, now);
            queue.Add(turn);
            waiting.Add(turn);
            for (var i = 0; i < taken; i++)
            {
                TakeOne(queue, waiting, now);
            }
        }

        while (waiting.Count > 0)
        {
            TakeOne(queue, waiting, now);
        }

        Assert.Null(queue.Take(now));
        Assert.Equal((0, 0), (queue.Count, queue.CountFrom(0)));
    });

    [Fact]
    public void Order_AnyArrivals_IsHowTheyAreTaken() => s_arrivals.Sample(arrivals =>
    {
        var queue = new FairQueue();
        var now = s_start;
        foreach (var (client, priority, seconds, _) in arrivals)
        {
            queue.Add(new QueueTurn(client, priority, now = now.AddSeconds(seconds)));
        }

        var order = queue.Copy().Order(now).ToList();

        Assert.Equal(arrivals.Length, queue.Count);
        Assert.Equal(order, order.Select(_ => queue.Take(now)!));
    });

    [Fact]
    public void Take_OthersKeepComingWithTheHighestPriority_TheLowestStillHasItsTurn() => Gen.Int[1, 5].Sample(others =>
    {
        var queue = new FairQueue();
        var lowest = new QueueTurn("a", 0, s_start);
        queue.Add(lowest);
        var now = s_start;
        for (var i = 0; i < FairQueue.Highest + others + 1; i++)
        {
            // Every minute all of the others, and its own client, ask for more than can be served.
            for (var other = 0; other <= others; other++)
            {
                queue.Add(new QueueTurn(other == others ? "a" : $"other-{other}", 9, now));
            }

            if (queue.Take(now) == lowest)
            {
                return;
            }

            now += FairQueue.AgeStep;
        }

        // At the highest level only those of its own client that came before it reached that, and one turn of each other client, go first.
        var left = Enumerable.Range(0, (others + 1) * (FairQueue.Highest + 1)).Select(_ => queue.Take(now)).TakeWhile(t => t != lowest).Count();
        Assert.InRange(left, 0, ((others + 1) * (FairQueue.Highest + 1)) - 1);
    });

    [Fact]
    public void Take_AClientAsksForVeryMuch_AnotherHasEverySecondTurn()
    {
        var queue = new FairQueue();
        for (var i = 0; i < 100; i++)
        {
            queue.Add(new QueueTurn("much", 5, s_start));
        }

        for (var i = 0; i < 3; i++)
        {
            queue.Add(new QueueTurn("little", 5, s_start.AddSeconds(1)));
        }

        Assert.Equal(
            ["much", "little", "much", "little", "much", "little", "much"], Enumerable.Range(0, 7).Select(_ => queue.Take(s_start.AddSeconds(1))!.Client));
    }

    [Fact]
    public void Add_ItArrivedBeforeOthers_StandsBeforeThem()
    {
        var queue = new FairQueue();
        queue.Add(new QueueTurn("a", 5, s_start.AddSeconds(2)));
        var first = new QueueTurn("a", 5, s_start);
        queue.Add(first);

        Assert.Same(first, queue.Take(s_start.AddSeconds(3)));
    }

    private static void TakeOne(FairQueue queue, List<QueueTurn> waiting, DateTimeOffset now)
    {
        if (waiting.Count == 0)
        {
            return;
        }

        var taken = queue.Take(now)!;
        Assert.True(waiting.Remove(taken));
        Assert.All(waiting, w => Assert.True(FairQueue.LevelOf(w, now) <= FairQueue.LevelOf(taken, now)));
        Assert.DoesNotContain(waiting, w => w.Client == taken.Client && FairQueue.LevelOf(w, now) == FairQueue.LevelOf(taken, now) && w.Arrived < taken.Arrived);
    }
}
