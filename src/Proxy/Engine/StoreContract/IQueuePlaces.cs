using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>The places of those that wait for a turn, for replicas that do not drive them: <see cref="GenerationState.ReportedPlace"/>.</summary>
internal interface IQueuePlaces
{
    /// <summary>Reports who waits at an owner. A report replaces the one before, and counts for some seconds.</summary>
    ValueTask ReportAsync(string owner, IReadOnlyList<WaitingPlace> places, CancellationToken cancellationToken);
}
