using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>What replicas on one store do for each other. A store that one process has for itself has none of it: <see cref="OneReplica"/>.</summary>
internal interface IFleet
{
    /// <summary>True when other replicas may be there.</summary>
    bool IsShared { get; }

    /// <summary>How long a lease lasts; it covers all that a replica holds.</summary>
    TimeSpan Lease { get; }

    /// <summary>The pause between two renewals of the lease.</summary>
    TimeSpan Beat { get; }

    /// <summary>Lets go of open generations, so that others take them at once.</summary>
    /// <param name="owner">Who lets go.</param>
    /// <param name="ids">The generations; null for all, and for the lease.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask ReleaseAsync(string owner, IReadOnlyList<string>? ids, CancellationToken cancellationToken);

    /// <summary>Ends when a replica may have let go of generations after this call.</summary>
    Task NextReleaseAsync();

    /// <summary>The ids of the open generations that the store has as an owner's, to be compared with those that it drives.</summary>
    ValueTask<IReadOnlyList<string>> ListHeldAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Reads those of these generations that are open and still the owner's.</summary>
    ValueTask<IReadOnlyList<ClaimedGeneration>> ReadHeldAsync(string owner, IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>What others have received for the driver of a generation. A wish to cancel is named again until the generation is over, findings until they are taken.</summary>
    IAsyncEnumerable<FleetWish> WishesAsync(string owner, CancellationToken cancellationToken);

    /// <summary>The generation that drives a job which identical requests may join: <see cref="GenerationChange.SharedJob"/>.</summary>
    /// <returns>Null when nobody does any more.</returns>
    ValueTask<GenerationState?> FindSharedJobAsync(string sharedJob, CancellationToken cancellationToken);

    /// <summary>True when an open generation follows this one, at any replica.</summary>
    ValueTask<bool> IsFollowedAsync(string id, CancellationToken cancellationToken);

    /// <summary>Leaves word for the driver of a generation of what is known of its submit.</summary>
    ValueTask NotifyAsync(string id, SubmitFindings findings, CancellationToken cancellationToken);

    /// <summary>The findings are safe with the driver, or of no use to it; before that the wish is named again.</summary>
    /// <param name="wish">The wish that has named them; others that have come since stay.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask TakenAsync(FleetWish wish, CancellationToken cancellationToken);

    /// <summary>Reports what this replica does, for whoever looks at the fleet.</summary>
    /// <returns>How many replicas are there, this one among them.</returns>
    ValueTask<int> ReportAsync(string owner, ReplicaReport report, CancellationToken cancellationToken);

    /// <summary>The replicas that were there of late, this one among them.</summary>
    ValueTask<IReadOnlyList<ReplicaRow>> ListAsync(CancellationToken cancellationToken);
}
