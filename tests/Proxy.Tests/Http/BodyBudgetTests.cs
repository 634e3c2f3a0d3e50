using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Http;

public sealed class BodyBudgetTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BodyBudget _budget;

    public BodyBudgetTests() => _budget = new BodyBudget(Options.Create(new MediaOptions { MaxBytesInFlight = 100 }), _time);

    [Fact]
    public async Task Enter_NoRoom_WaitsAndIsRefused()
    {
        var held = await EnterAsync("a", 60);
        var refused = EnterAsync("b", 60);
        Assert.False(refused.IsCompleted);

        _time.Advance(BodyBudget.Patience);

        Assert.Null(await refused);
        held!.Answered();
        Assert.Equal(0, _budget.Held);
    }

    [Fact]
    public async Task Enter_RoomComes_IsLetIn()
    {
        var held = await EnterAsync("a", 60);
        var waiting = EnterAsync("b", 60);

        held!.Answered();
        held.Answered();

        Assert.NotNull(await waiting);
        Assert.Equal(60, _budget.Held);
    }

    [Fact]
    public async Task Enter_AGreedyClient_LeavesAQuarter()
    {
        Assert.NotNull(await EnterAsync("greedy", 70));
        var waiting = EnterAsync("greedy", 10);

        Assert.NotNull(await EnterAsync("other", 25));
        Assert.False(waiting.IsCompleted);
    }

    [Fact]
    public async Task Enter_LargerThanAllThereIs_ComesAlone()
    {
        var large = await EnterAsync("a", 500);
        Assert.NotNull(large);
        var other = EnterAsync("b", 1);
        Assert.False(other.IsCompleted);

        large.Answered();

        Assert.NotNull(await other);
    }

    [Fact]
    public async Task Enter_TooManyWait_IsRefusedAtOnce()
    {
        var held = await EnterAsync("a", 100);
        var waiting = Enumerable.Range(0, BodyBudget.MostWaiting).Select(i => EnterAsync($"c{i}", 100)).ToList();

        Assert.Null(await EnterAsync("late", 1));
        Assert.All(waiting, w => Assert.False(w.IsCompleted));
        held!.Answered();
    }

    [Fact]
    public async Task Enter_TheClientHangsUp_TakesNothing()
    {
        var held = await EnterAsync("a", 100);
        using var aborted = new CancellationTokenSource();
        var gone = _budget.EnterAsync("b", 10, aborted.Token).AsTask();

        await aborted.CancelAsync();

        Assert.Null(await gone);
        held!.Answered();
        Assert.Equal(0, _budget.Held);
    }

    [Fact]
    public async Task HoldUntil_AJobNeedsIt_IsHeldBeyondTheAnswer()
    {
        var lease = await EnterAsync("a", 100);
        var handedOver = new TaskCompletionSource();
        var released = lease!.HoldUntil(handedOver.Task);

        lease.Answered();
        Assert.Equal(100, _budget.Held);
        handedOver.SetResult();
        await released;

        Assert.Equal(0, _budget.Held);
    }

    [Fact]
    public async Task TryGrow_ABodyOfUnknownLength_TakesRoomAsItComes()
    {
        var lease = new BodyLease(_budget, "a", 0);

        Assert.True(lease.TryGrow(50));
        Assert.True(lease.TryGrow(25));
        Assert.False(lease.TryGrow(25));
        Assert.NotNull(await EnterAsync("b", 25));
        lease.Answered();

        Assert.Equal(25, _budget.Held);
    }

    private Task<BodyLease?> EnterAsync(string client, long bytes) => _budget.EnterAsync(client, bytes, default).AsTask();
}
