using System.Security.Cryptography;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>What a replica does with the orders of others, and says of its own.</summary>
public sealed class OrdersElsewhereTests : IDisposable
{
    private static readonly byte[] s_print = SHA256.HashData("a fox"u8);
    private static readonly ContentKey s_key = ContentKey.Of("local", s_print);
    private readonly Others _others = new();
    private readonly MemoryStore _store = new();
    private readonly UnansweredOrders _orders;

    public OrdersElsewhereTests() => _orders = new UnansweredOrders(
        _store, new OneReplica(), Options.Create(new JobsOptions()), TimeProvider.System, NullLogger<UnansweredOrders>.Instance, _others);

    public void Dispose() => _orders.Dispose();

    [Fact]
    public async Task TakeFromOthers_ThereIsOne_IsLeftToOneCaller()
    {
        _others.Left.Enqueue(Task.FromResult<string?>("gen_a"));

        Assert.True(await TakeAsync());
        var (first, second) = (Enter(), Enter());
        Assert.Equal((false, "gen_a"), (first.IsFirst, await first.Begun));
        Assert.True(second.IsFirst);
    }

    [Fact]
    public async Task TakeFromOthers_EqualRequestsAtOnce_ShareALookForNothingThatBeganAfterThem_AndLookAgainAfterOneWasFound()
    {
        var (looking, again) = (new TaskCompletionSource<string?>(), new TaskCompletionSource<string?>());
        _others.Left.Enqueue(looking.Task);
        _others.Left.Enqueue(again.Task);
        var asking = Enumerable.Range(0, 20).Select(_ => TakeAsync().AsTask()).ToList();
        looking.SetResult(null);

        // All but the first have come after that look began: theirs is one more.
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
        again.SetResult(null);
        Assert.All(await Task.WhenAll(asking), Assert.False);
        Assert.Equal(2, _others.Looks);

        looking = new TaskCompletionSource<string?>();
        _others.Left.Enqueue(looking.Task);
        asking = [.. Enumerable.Range(0, 3).Select(_ => TakeAsync().AsTask())];
        looking.SetResult("gen_a");
        Assert.Single(await Task.WhenAll(asking), found => found);
        Assert.InRange(_others.Looks, 4, 5);
    }

    [Fact]
    public async Task TakeFromOthers_TheStoreIsAway_FailsAndIsAskedAgain()
    {
        _others.Left.Enqueue(Task.FromException<string?>(new StoreUnavailableException(StoreProblem.Busy, new IOException("away"))));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => TakeAsync().AsTask());
        Assert.False(await TakeAsync());
    }

    /// <remarks>The store says that this replica has the generation; its order is not in memory yet.</remarks>
    [Fact]
    public void Give_GenerationsAreJustBeingTakenUp_IsPending()
    {
        Assert.Equal(default, _others.Give!(s_key));
        using (_orders.Taking())
        {
            Assert.Equal(new GivenOrder(null, true), _others.Give(s_key));
            _orders.Orders.Restore(s_key, "gen_a", TimeProvider.System.GetUtcNow());
            Assert.Equal(new GivenOrder("gen_a", false), _others.Give(s_key));
        }

        Assert.Equal(default, _others.Give(s_key));
        _others.Settled!(s_key, "gen_a", false);
        Assert.Equal(default, _others.Give(s_key));
        _others.Settled(s_key, "gen_a", true);
        Assert.Equal(new GivenOrder("gen_a", false), _others.Give(s_key));
    }

    [Fact]
    public async Task RestoreAsync_AThirdReplicaHasItsOrder_IsLeftThere()
    {
        foreach (var id in new[] { "gen_a", "gen_b" })
        {
            await _store.InsertAsync(new GenerationChange(States.New(id), "gone"), new StoredRequest([], s_print, null, false), default);
        }

        _others.Taken.Add("gen_a");
        await _orders.RestoreAsync([States.New("gen_a"), States.New("gen_b")], default);

        Assert.Equal("gen_b", await Enter().Begun);
        Assert.True(Enter().IsFirst);
    }

    private Turn<string> Enter() => _orders.Orders.Enter(s_key, new TestCaller(), _orders.Window, isRepetition: false);

    private ValueTask<bool> TakeAsync() => _orders.TakeFromOthersAsync("local", s_print, static _ => true, static _ => false, default);

    private sealed class Others : IOrdersElsewhere
    {
        public Queue<Task<string?>> Left { get; } = new();

        public HashSet<string> Taken { get; } = new(StringComparer.Ordinal);

        public Func<ContentKey, GivenOrder>? Give { get; private set; }

        public int Looks { get; private set; }

        public void Serve(Func<ContentKey, GivenOrder> give, Action<ContentKey, string, bool> settled) => (Give, Settled) = (give, settled);

        public Action<ContentKey, string, bool>? Settled { get; private set; }

        public async ValueTask<string?> TakeAsync(
            string client, byte[] fingerprint, DateTimeOffset since, Func<GenerationState, bool> mayAnswer, Func<string, bool> isDriven, Action<string> taken, CancellationToken cancellationToken)
        {
            Looks++;
            if (!Left.TryDequeue(out var left) || await left is not { } id)
            {
                return null;
            }

            taken(id);
            return id;
        }

        public ValueTask<IReadOnlySet<string>> TakenByOthersAsync(IReadOnlyList<string> generations, CancellationToken cancellationToken) => new(Taken);
    }
}
