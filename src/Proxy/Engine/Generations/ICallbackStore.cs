namespace Framegate.Proxy.Engine.Generations;

/// <summary>Keeps the deliveries that have not succeeded. One is added together with the change it reports.</summary>
internal interface ICallbackStore
{
    /// <summary>Takes hold of deliveries that are due; the longest overdue first. Nobody else gets them before <paramref name="until"/>.</summary>
    ValueTask<IReadOnlyList<Callback>> ClaimDueAsync(DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken);

    /// <summary>When the next one is due that nobody holds.</summary>
    /// <returns>Null when there is none.</returns>
    ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);

    /// <summary>Forgets one that succeeded, or is given up.</summary>
    ValueTask RemoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>Puts one off, and lets go of it.</summary>
    ValueTask PostponeAsync(string id, int attempts, DateTimeOffset due, CancellationToken cancellationToken);
}
