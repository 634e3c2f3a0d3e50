using System.Runtime.CompilerServices;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Coalescing;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Logging.Abstractions;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>What another replica has left word of reaches whoever drives the generation.</summary>
public sealed class FleetWishesTests(TestEngine engine) : EngineTest(engine)
{
    /// <remarks>It is not on the disk with the generation: a process that dies before it has gone on leaves it to the next one.</remarks>
    [Fact]
    public async Task Grant_ARefusalOfTheSubmitThatIsLookedFor_StaysUntilTheGenerationHasGoneOn()
    {
        var generation = await LostAsync();
        IReadOnlyList<FleetWish>? taken = null;
        Egress.On(NativeCall.Find, new Reply(500) { Meanwhile = async () => taken ??= await GrantAsync(Refusal(generation.State)) });

        Assert.True(Engine.Get<OpenGenerations>().Start(generation));
        await generation.Follow().Settled;

        Assert.Empty(taken!);
        Assert.Equal((GenerationPhase.Failed, ErrorCode.ContentPolicyViolation), (generation.State.Phase, generation.State.Error?.Code));
    }

    [Fact]
    public async Task Grant_ARefusalOfAnEarlierSubmit_IsOfNoUseAndTaken()
    {
        var generation = await LostAsync();
        IReadOnlyList<FleetWish>? taken = null;
        Egress.On(NativeCall.Find, new Reply(200, "job-7") { Meanwhile = async () => taken ??= await GrantAsync(Refusal(generation.State with { Attempts = [] })) });
        Egress.On(NativeCall.Poll, Reply.Text);

        Assert.True(Engine.Get<OpenGenerations>().Start(generation));
        await generation.Follow().Settled;

        Assert.Equal([1], Assert.Single(taken!).StoredFindings);
        Assert.Equal(GenerationPhase.Succeeded, generation.State.Phase);
    }

    [Fact]
    public async Task Grant_SomethingElseCancelsACall_IsGrantedWhenItIsToldAgain()
    {
        var generation = await LostAsync();
        IReadOnlyList<FleetWish>? taken = null;
        Egress.On(NativeCall.Find, new Reply(200, "job-7") { Meanwhile = async () => taken ??= await GrantAsync(Refusal(generation.State with { Attempts = [] }), failures: 1) });
        Egress.On(NativeCall.Poll, Reply.Text);

        Assert.True(Engine.Get<OpenGenerations>().Start(generation));
        await generation.Follow().Settled;

        Assert.Single(taken!);
    }

    private static FleetWish Refusal(GenerationState state) =>
        new(state.Id, false, SubmitFindings.Of(state) with { Refusal = new SubmitRefusal(ProviderFailure.NotAccepted(ErrorCode.ContentPolicyViolation, "no"), 422, 9) }) { StoredFindings = [1] };

    private async Task<IReadOnlyList<FleetWish>> GrantAsync(FleetWish wish, int failures = 0)
    {
        var fleet = new OneWish(wish, failures);
        using var wishes = new FleetWishes(
            fleet, Engine.Get<StoreOwner>(), Engine.Get<OpenGenerations>(), Engine.Get<JobCalls>(), Engine.Get<Coalescer>(), Engine.Time, NullLogger<FleetWishes>.Instance);
        await wishes.StartAsync(default);
        await wishes.ExecuteTask!;
        return fleet.Taken;
    }

    private Task<Generation> LostAsync() => Engine.StoredAsync("finder", s => s with
    {
        Phase = GenerationPhase.Submitting,
        SubmittedAt = s.CreatedAt,
        Attempts = [new AttemptReport("finder", "only", AttemptOutcome.Pending, null, Billed.Unknown, 0)],
        JobLocation = new JobLocation("finder", "only", "https://only.finder.example/", null),
    });

    /// <summary>A fleet that has one wish, and is told once more after each call that was cancelled.</summary>
    private sealed class OneWish(FleetWish wish, int failures) : IFleet
    {
        private readonly OneReplica _none = new();
        private readonly int _times = failures + 1;
        private int _failures = failures;

        public List<FleetWish> Taken { get; } = [];

        public bool IsShared => true;

        public TimeSpan Lease => _none.Lease;

        public TimeSpan Beat => _none.Beat;

        public async IAsyncEnumerable<FleetWish> WishesAsync(string owner, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            for (var i = 0; i < _times; i++)
            {
                yield return wish;
            }
        }

        public ValueTask TakenAsync(FleetWish wish, CancellationToken cancellationToken)
        {
            if (_failures-- > 0)
            {
                throw new TaskCanceledException("not ours");
            }

            Taken.Add(wish);
            return default;
        }

        public ValueTask ReleaseAsync(string owner, IReadOnlyList<string>? ids, CancellationToken cancellationToken) => _none.ReleaseAsync(owner, ids, cancellationToken);

        public Task NextReleaseAsync() => _none.NextReleaseAsync();

        public ValueTask<IReadOnlyList<string>> ListHeldAsync(string owner, CancellationToken cancellationToken) => _none.ListHeldAsync(owner, cancellationToken);

        public ValueTask<IReadOnlyList<ClaimedGeneration>> ReadHeldAsync(string owner, IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
            _none.ReadHeldAsync(owner, ids, cancellationToken);

        public ValueTask<GenerationState?> FindSharedJobAsync(string flight, CancellationToken cancellationToken) => _none.FindSharedJobAsync(flight, cancellationToken);

        public ValueTask<bool> IsFollowedAsync(string id, CancellationToken cancellationToken) => _none.IsFollowedAsync(id, cancellationToken);

        public ValueTask NotifyAsync(string id, SubmitFindings findings, CancellationToken cancellationToken) => _none.NotifyAsync(id, findings, cancellationToken);

        public ValueTask<int> ReportAsync(string owner, ReplicaReport report, CancellationToken cancellationToken) => _none.ReportAsync(owner, report, cancellationToken);

        public ValueTask<IReadOnlyList<ReplicaRow>> ListAsync(CancellationToken cancellationToken) => _none.ListAsync(cancellationToken);
    }
}
