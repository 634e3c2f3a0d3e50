using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>Orders whose callers have gone at one replica, and who ask another one again.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresOrdersTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly StoredRequest s_request = States.Request("a fox") with { ByContent = true };
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);
    private readonly string _schema = server.NewSchema();
    private readonly List<ContentKey> _asked = [];
    private PostgresTestStore _first = null!;
    private PostgresTestStore _second = null!;
    private PostgresTestStore _third = null!;

    public async Task InitializeAsync()
    {
        _first = await PostgresTestStore.OpenAsync(server, _schema, "first");
        _second = await PostgresTestStore.OpenAsync(server, _schema, "second");
        _third = await PostgresTestStore.OpenAsync(server, _schema, "third");
        foreach (var (store, name) in new[] { (_first, "first"), (_second, "second"), (_third, "third") })
        {
            await store.Generations.RenewAsync(name, s_long, default);
        }

        await _first.Generations.InsertAsync(new GenerationChange(States.New("gen_a"), "first"), s_request, default);
    }

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _third.DisposeAsync();
    }

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
        Assert.Null(await _second.Orders.TakeAsync("local", s_request.Fingerprint, States.Now.AddHours(-1), static _ => false, static _ => true, default));
        Assert.Null(await _second.Orders.TakeAsync("other", s_request.Fingerprint, States.Now.AddHours(-1), static _ => true, static _ => true, default));
        await _first.Generations.MarkAnsweredAsync(["gen_a"], States.Now, States.Now.AddHours(-1), default);
        Assert.Null(await TakeAsync(_second));
        Assert.Single(_asked);
    }

    [Fact]
    public async Task TakeAsync_NotKnownYetWhatWasBegun_IsAskedForAgain()
    {
        var times = 0;
        _first.Orders.Serve(_ => ++times < 3 ? new GivenOrder(null, true) : new GivenOrder("gen_a", false));

        Assert.Equal("gen_a", await TakeAsync(_second));
        Assert.Equal(3, times);
    }

    /// <remarks>It holds the generation in the store and not in memory yet: its caller was another replica's.</remarks>
    [Fact]
    public async Task TakeAsync_IsJustBeingTakenUpHere_IsTaken()
    {
        Assert.Null(await _first.Orders.TakeAsync("local", s_request.Fingerprint, States.Now.AddHours(-1), static _ => true, static _ => true, default));
        Assert.Equal("gen_a", await _first.Orders.TakeAsync("local", s_request.Fingerprint, States.Now.AddHours(-1), static _ => true, static _ => false, default));
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
        await _third.Generations.RenewAsync("third", s_long, default);
        Serve(_second, default);
        Serve(_third, default);

        var taken = await Task.WhenAll(TakeAsync(_second).AsTask(), TakeAsync(_third).AsTask());

        Assert.Equal([null, "gen_a"], taken.Order());
    }

    [Fact]
    public async Task TakeAsync_ItsReplicaSaysNothing_IsTakenOnceItsLeaseHasRunOut()
    {
        await _first.Generations.RenewAsync("first", TimeSpan.FromSeconds(2), default);
        await _first.DisposeAsync();
        var taking = TakeAsync(_second).AsTask();
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
        Assert.False(taking.IsCompleted);

        Assert.Equal("gen_a", await taking.WaitAsync(TimeSpan.FromSeconds(20)));
        _first = await PostgresTestStore.OpenAsync(server, _schema, "again");
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
        _first = await PostgresTestStore.OpenAsync(server, _schema, "again");
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
        _first.NativeOrders.Serve(_ => ++times < 2 ? new GivenOrder(null, true) : new GivenOrder("order", false));
        var given = await _second.NativeOrders.TakeAsync("second", "shop", s_request.Fingerprint, States.Now.AddMinutes(-5), default);

        Assert.Equal(("order", true), (given?.Id, given?.IsOver));
        Assert.Equal(isStored ? [1, 2] : null, given!.Answer);
        Assert.Equal(2, times);
        Assert.Equal("second", await server.TellAsync(_schema, "SELECT owner FROM native_orders"));
    }

    private void Serve(PostgresTestStore store, GivenOrder answer) => store.Orders.Serve(key =>
    {
        _asked.Add(key);
        return answer;
    });

    private static ValueTask<string?> TakeAsync(PostgresTestStore store) => store.Orders.TakeAsync("local", s_request.Fingerprint, States.Now.AddHours(-1), static _ => true, static _ => true, default);
}
