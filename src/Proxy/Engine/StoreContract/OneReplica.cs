using System.Runtime.CompilerServices;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>A process that has its store for itself.</summary>
internal sealed class OneReplica : IFleet
{
    private static readonly TaskCompletionSource s_never = new();

    public bool IsShared => false;

    public TimeSpan Lease => TimeSpan.FromSeconds(60);

    public TimeSpan Beat => TimeSpan.FromSeconds(15);

    public ValueTask ReleaseAsync(string owner, IReadOnlyList<string>? ids, CancellationToken cancellationToken) => default;

    public Task NextReleaseAsync() => s_never.Task;

    public ValueTask<IReadOnlyList<string>> ListHeldAsync(string owner, CancellationToken cancellationToken) => new([]);

    public ValueTask<IReadOnlyList<ClaimedGeneration>> ReadHeldAsync(string owner, IReadOnlyList<string> ids, CancellationToken cancellationToken) => new([]);

    public async IAsyncEnumerable<FleetWish> WishesAsync(string owner, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield break;
    }

    public ValueTask<GenerationState?> FindSharedJobAsync(string sharedJob, CancellationToken cancellationToken) => default;

    public ValueTask<bool> IsFollowedAsync(string id, CancellationToken cancellationToken) => default;

    public ValueTask NotifyAsync(string id, SubmitFindings findings, CancellationToken cancellationToken) => default;

    public ValueTask TakenAsync(FleetWish wish, CancellationToken cancellationToken) => default;

    public ValueTask<int> ReportAsync(string owner, ReplicaReport report, CancellationToken cancellationToken) => new(1);

    public ValueTask<IReadOnlyList<ReplicaRow>> ListAsync(CancellationToken cancellationToken) => new([]);
}
