using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Tests.Engine;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>Orders whose callers have gone at one replica, and who ask another one again.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresOrdersTests(PostgresServer server) : PostgresReplicas(server)
{
    [Fact]
    public async Task TakeAsync_ItsCallerHasGone_IsGivenAway_AndFoundWhereItIsFromThenOn()
    {
        Serve(_first, new GivenOrder("gen_a", false));
        Assert.Equal("gen_a", await TakeAsync(_second));
        Assert.Equal([ContentKey.Of("local", s_request.Fingerprint)], _asked);

        Serve(_first, default);
        Serve(_second, new GivenOrder("gen_a", false));
        Assert.Equal("gen_a", await TakeAsync(_third));
    }

    [Fact]
    public async Task TakeAsync_ItsCallerIsThere_OrItWasAnswered_OrCannotAnswer_IsAnOrderOfItsOwn()
    {
        Serve(_first, default);
        Assert.Null(await TakeAsync(_second));
        Assert.Single(_asked);

        Serve(_first, new GivenOrder("gen_a", false));
        Assert.Null(await TakeAsync(_second, mayAnswer: static _ => false));
        Assert.Null(await TakeAsync(_second, client: "other"));
        await _first.Generations.MarkAnsweredAsync(["gen_a"], States.Now, States.Now.AddHours(-1), default);
        Assert.Null(await TakeAsync(_second));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task TakeAsync_NotKnownYetWhatWasBegun_IsAskedForAgain()
    {
        var times = 0;
        _first.Orders.Serve(_ => ++times < 3 ? new GivenOrder(null, true) : new GivenOrder("gen_a", false), static (_, _, _) => { });

        Assert.Equal("gen_a", await TakeAsync(_second));
        Assert.Equal(3, times);
    }

    /// <remarks>It holds the generation in the store and not in memory yet: its caller was another replica's.</remarks>
    [Fact]
    public async Task TakeAsync_IsJustBeingTakenUpHere_IsTaken()
    {
        Assert.Null(await TakeAsync(_first));
        Assert.Equal("gen_a", await TakeAsync(_first, isDriven: false));
    }

    /// <remarks>Ended, so that nobody takes it over; the caller of a replica that is gone has lost its connection all the same.</remarks>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TakeAsync_ItsReplicaIsGone_IsTakenOnce(bool isEnded)
    {
        if (isEnded)
        {
            var ended = States.Ended("gen_a", GenerationPhase.Succeeded) with { Revision = 1, EndedBy = "first" };
            Assert.Equal(SaveOutcome.Saved, await _first.Generations.SaveAsync(new GenerationChange(ended, "first"), default));
        }

        await _first.Fleet.ReleaseAsync("first", null, default);
        var calling = new TestCaller();
        var (second, third) = (Table(_second), Table(_third));

        // Both callers wait for what their own replica finds.
        var taken = await Task.WhenAll(TakeAsync(_second, taken: Take(second)).AsTask(), TakeAsync(_third, taken: Take(third)).AsTask());

        Assert.Equal([null, "gen_a"], taken.Order());
        Assert.Equal(1, second.Count + third.Count);

        Action<string> Take(OrderTable<string> table) => id =>
        {
            table.Restore(s_key, id, TimeProvider.System.GetUtcNow());
            table.Enter(s_key, calling, s_long, isRepetition: false);
        };
    }

    [Fact]
    public async Task TakeAsync_ManyNewerOnesAreItsOwn_IsTaken()
    {
        for (var i = 0; i < 20; i++)
        {
            await _second.Generations.InsertAsync(new GenerationChange(States.New("gen_own_" + i) with { CreatedAt = States.Now.AddSeconds(1) }, "second"), s_request, default);
        }

        await _first.Fleet.ReleaseAsync("first", null, default);
        Assert.Equal("gen_a", await TakeAsync(_second));
    }

    [Fact]
    public async Task TakeAsync_ItsReplicaSaysNothing_IsTakenOnceItsLeaseHasRunOut()
    {
        await IsSteadyAsync();
        await _first.Generations.RenewAsync("first", TimeSpan.FromSeconds(2), default);
        await _first.DisposeAsync();
        var taking = TakeAsync(_second).AsTask();
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
        Assert.False(taking.IsCompleted);

        Assert.Equal("gen_a", await taking.WaitAsync(TimeSpan.FromSeconds(20)));
        _first = await PostgresTestStore.OpenAsync(Server, _schema, "again");
    }

    /// <remarks>Behind a pooler it cannot hear; and an earlier build does not answer.</remarks>
    [Fact]
    public async Task TakeAsync_ItsReplicaLivesAndSaysNothing_IsAnOrderOfItsOwn()
    {
        await _first.DisposeAsync();
        var taking = TakeAsync(_second).AsTask();
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
        Assert.False(taking.IsCompleted);
        await _third.Generations.RenewAsync("first", s_long * 2, default);

        Assert.Null(await taking.WaitAsync(TimeSpan.FromSeconds(20)));
        _first = await PostgresTestStore.OpenAsync(Server, _schema, "again");
    }

    [Fact]
    public async Task TakenByOthersAsync_AThirdReplicaHasTheOrder_NamesIt_UntilThatOneIsGoneToo()
    {
        Assert.Empty(await _third.Orders.TakenByOthersAsync(["gen_a"], default));
        Serve(_first, new GivenOrder("gen_a", false));
        Assert.Equal("gen_a", await TakeAsync(_second));
        Assert.Equal(["gen_a"], await _third.Orders.TakenByOthersAsync(["gen_a", "gen_b"], default));
        Assert.Empty(await _second.Orders.TakenByOthersAsync(["gen_a"], default));

        await _second.Fleet.ReleaseAsync("second", null, default);
        Assert.Empty(await _third.Orders.TakenByOthersAsync(["gen_a"], default));
        Serve(_third, new GivenOrder("gen_a", false));
        Assert.Equal("gen_a", await TakeAsync(_first));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task NativeOrders_ItsCallerHasGoneAtAReplicaThatLives_IsGivenAwayWithTheAnswerThatIsStored(bool isStored)
    {
        await _first.NativeOrders.BeginAsync("order", "first", "shop", s_request.Fingerprint, States.Now, default);
        Assert.Null(await _second.NativeOrders.TakeAsync("second", "shop", s_request.Fingerprint, States.Now.AddMinutes(-5), default));
        if (isStored)
        {
            await _first.NativeOrders.AnswerAsync("order", [1, 2], States.Now, default);
        }

        var times = 0;
        _first.NativeOrders.Serve(_ => ++times < 2 ? new GivenOrder(null, true) : new GivenOrder("order", false), static (_, _, _) => { });
        var given = await _second.NativeOrders.TakeAsync("second", "shop", s_request.Fingerprint, States.Now.AddMinutes(-5), default);

        Assert.Equal(("order", true), (given?.Id, given?.IsOver));
        Assert.Equal(isStored ? [1, 2] : null, given!.Answer);
        Assert.Equal(2, times);
        Assert.Equal("second", await Server.TellAsync(_schema, "SELECT owner FROM native_orders"));
    }
}
