using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Tests.Engine;
using Npgsql;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>Who has an order that several replicas may have.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresClaimsTests(PostgresServer server) : PostgresReplicas(server)
{
    /// <remarks>The client that asked the second replica has given up, and asks the third.</remarks>
    [Fact]
    public async Task TakeAsync_AnotherReplicaHasClaimedItForACallerThatHasGone_IsTakenFromThatOne()
    {
        await _first.Fleet.ReleaseAsync("first", null, default);
        var (second, third) = (Table(_second), Table(_third));

        var taken = await Task.WhenAll(TakeAsync(_second, taken: Put(second)).AsTask(), TakeAsync(_third, taken: Put(third)).AsTask());

        // Whoever was later has it: the first of them had left it by then.
        Assert.All(taken, id => Assert.Equal("gen_a", id));
        Assert.Equal(1, second.Count + third.Count);
    }

    [Fact]
    public async Task TakeAsync_TwoAreLostAtTwoReplicas_AreTakenOneByOne()
    {
        await _second.Generations.InsertAsync(new GenerationChange(States.New("gen_b"), "second"), s_request, default);
        Table(_first, "gen_a");
        Table(_second, "gen_b");
        Table(_third);

        Assert.Equal(["gen_a", "gen_b"], new[] { await TakeAsync(_third), await TakeAsync(_third) }.Order());
        Assert.Null(await TakeAsync(_third));
    }

    /// <remarks>What was offered it has not received.</remarks>
    [Fact]
    public async Task TakeAsync_WhoAsksDoesNotListenForAMoment_IsTaken()
    {
        Table(_first, "gen_a");
        var listening = $"FROM pg_stat_activity WHERE query LIKE 'LISTEN \"{_schema}\"'";
        var others = (string)(await Server.TellAsync(_schema, $"SELECT string_agg(pid::text, ',') {listening}"))!;
        await using var fourth = await PostgresTestStore.OpenAsync(Server, _schema, "fourth");
        await fourth.Generations.RenewAsync("fourth", s_long, default);
        var cut = 0L;
        await UntilAsync(async () => (cut = (long)(await Server.TellAsync(_schema, $"SELECT count(pg_terminate_backend(pid)) {listening} AND pid NOT IN ({others})"))!) > 0);

        Assert.Equal((1, "gen_a"), (cut, await TakeAsync(fourth)));
    }

    /// <remarks>A claim that comes after that would give the order to two.</remarks>
    [Fact]
    public async Task TakeAsync_NobodyClaimsWhatWasOffered_IsLeftAgain_AndALateClaimFails()
    {
        var table = Table(_first, "gen_a");
        await using var held = await Server.HoldAsync(_schema, "SELECT FROM generations FOR NO KEY UPDATE");
        var taking = TakeAsync(_second).AsTask();
        await UntilAsync(() => new(table.Count == 0));

        // Whoever asks for the same here waits until then.
        Assert.Equal("gen_a", await TakeAsync(_first));
        using var turn = table.Enter(s_key, new TestCaller(), s_long, isRepetition: false);
        Assert.Equal((false, "gen_a"), (turn.IsFirst, turn.Value));
        Assert.False(taking.IsCompleted);
        await held.CloseAsync();

        Assert.Null(await taking.WaitAsync(s_patience));
        Assert.Equal(1, table.Count);
    }

    /// <remarks>Its holder was paused, and wakes up for a question whose asker has gone.</remarks>
    [Fact]
    public async Task TakeAsync_WhoAskedFirstHasGivenUp_IsTakenByWhoAsksAgain()
    {
        var table = Table(_first, "gen_a");
        using var go = new ManualResetEventSlim();
        _first.Orders.Serve(
            key =>
            {
                go.Wait(s_patience);
                return Give(table, key);
            },
            (key, id, isKept) => Settle(table, key, id, isKept));
        using var gone = new CancellationTokenSource(400);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TakeAsync(_second, cancellationToken: gone.Token).AsTask());
        go.Set();

        Assert.Equal("gen_a", await TakeAsync(_third));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task TakeFromOthers_WhoAskedFirstHasGivenUp_IsTakenByWhoAsksAtAThirdReplica()
    {
        var table = Table(_first, "gen_a");
        using var go = new ManualResetEventSlim();
        _first.Orders.Serve(
            key =>
            {
                go.Wait(s_patience);
                return Give(table, key);
            },
            (key, id, isKept) => Settle(table, key, id, isKept));
        using var second = Of(_second);
        using var third = Of(_third);
        using var gone = new CancellationTokenSource(400);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TakeAsync(second, s_request, gone.Token));
        var again = TakeAsync(third, s_request, default);
        go.Set();

        Assert.True(await again, "The repetition is a second order.");
    }

    [Fact]
    public async Task TakeFromOthers_ItsReplicaIsKilled_IsTakenByTheLastOfTwoTries()
    {
        await IsSteadyAsync();
        for (var i = 0; i < 3; i++)
        {
            var request = States.Request("a fox " + i) with { ByContent = true };
            await _first.Generations.RenewAsync("first", s_long, default);
            await _first.Generations.InsertAsync(new GenerationChange(States.New("gen_" + i), "first"), request, default);
            await Server.TellAsync(_schema, "UPDATE replicas SET lease_until = clock_timestamp() + interval '2 s' WHERE id = 'first'");
            _first.Orders.Serve(_ => new GivenOrder(null, true), static (_, _, _) => { });
            using var second = Of(_second);
            using var third = Of(_third);
            using var gone = new CancellationTokenSource(400 + (37 * i));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TakeAsync(second, request, gone.Token));

            Assert.True(await TakeAsync(third, request, default), "The repetition is a second order.");
        }
    }

    /// <remarks>Who takes the generation up has its order too.</remarks>
    [Fact]
    public async Task TakeAsync_ItsGenerationIsJustBeingTakenOver_IsNotTakenTwice()
    {
        await _first.Fleet.ReleaseAsync("first", null, default);
        Serve(_third, default);
        await using var held = await Server.HoldAsync(_schema, "UPDATE generations SET owner = 'third'");
        var taking = TakeAsync(_second).AsTask();
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
        Assert.False(taking.IsCompleted);
        await using (var commit = new NpgsqlCommand("COMMIT", held))
        {
            await commit.ExecuteNonQueryAsync();
        }

        // The third has it, and is asked.
        Assert.Null(await taking.WaitAsync(s_patience));
        Assert.Empty(await _third.Orders.TakenByOthersAsync(["gen_a"], default));
        Assert.Single(_asked);
    }

    /// <remarks>All leases are over, and nobody is taken over: its caller may be connected still.</remarks>
    [Fact]
    public async Task TakeAsync_TheDatabaseWasAway_ItsReplicaIsAsked()
    {
        Serve(_first, default);
        await Server.TellAsync(_schema, "UPDATE replicas SET lease_until = clock_timestamp() - interval '1 s', steady_since = clock_timestamp() - interval '10 minutes'");
        Assert.Empty(await _third.Generations.ClaimAsync("third", TimeSpan.FromSeconds(10), 10, default));
        await _second.Generations.RenewAsync("second", TimeSpan.FromSeconds(10), default);

        Assert.Null(await TakeAsync(_second));
        Assert.NotEmpty(_asked);
    }

    /// <remarks>Whoever asked has gone while it was offered.</remarks>
    [Fact]
    public async Task NativeOrders_WhoAskedFirstHasGivenUp_IsTakenByWhoAsksAgain()
    {
        await _first.NativeOrders.BeginAsync("order", "first", "shop", s_request.Fingerprint, States.Now, default);
        await _first.NativeOrders.AnswerAsync("order", [1, 2], States.Now, default);
        using var go = new ManualResetEventSlim();
        var left = 1;
        var settled = new List<bool>();
        _first.NativeOrders.Serve(
            _ =>
            {
                go.Wait(s_patience);
                return Interlocked.Exchange(ref left, 0) == 1 ? new GivenOrder("order", false) : default;
            },
            (_, _, isKept) =>
            {
                settled.Add(isKept);
                left = isKept ? 1 : 0;
            });
        using var gone = new CancellationTokenSource(400);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TakeNativeAsync(_second, "second", gone.Token));
        go.Set();

        Assert.Equal("order", (await TakeNativeAsync(_third, "third", default))?.Id);
        await UntilAsync(() => new(settled.Count == 2));
        Assert.Equal([true, false], settled);
        Assert.Equal("third", await Server.TellAsync(_schema, "SELECT owner FROM native_orders"));
    }

    [Fact]
    public async Task NativeOrders_ItsOwnIsBeingOffered_IsHereAgain()
    {
        await _first.NativeOrders.BeginAsync("order", "first", "shop", s_request.Fingerprint, States.Now, default);
        var offers = 0;
        _first.NativeOrders.Serve(_ => offers++ == 0 ? new GivenOrder("order", false) : default, static (_, _, _) => { });
        await using var held = await Server.HoldAsync(_schema, "SELECT FROM native_orders FOR UPDATE");
        var asking = TakeNativeAsync(_second, "second", default);
        await UntilAsync(() => new(offers > 0));
        var own = TakeNativeAsync(_first, "first", default);
        await held.CloseAsync();
        var (other, mine) = (await asking.WaitAsync(s_patience), await own.WaitAsync(s_patience));

        // One of them has it.
        Assert.Equal(1, (other is null ? 0 : 1) + (mine is { IsHere: true } ? 1 : 0));
    }
}
