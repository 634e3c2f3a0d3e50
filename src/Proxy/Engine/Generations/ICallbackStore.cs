namespace Framegate.Proxy.Engine.Generations;

/// <summary>Keeps the deliveries that have not succeeded. One is added together with the change it tells about.</summary>
internal interface ICallbackStore
{
    /// <summary>The deliveries that are due first.</summary>
    IReadOnlyList<Callback> Due(DateTimeOffset until, int limit);

    /// <summary>When the next one is due.</summary>
    /// <returns>Null when there is none.</returns>
    DateTimeOffset? NextDue();

    /// <summary>Forgets one that succeeded, or is given up.</summary>
    ValueTask RemoveAsync(long id, CancellationToken cancellationToken);

    /// <summary>Puts one off.</summary>
    ValueTask PostponeAsync(long id, int attempts, DateTimeOffset due, CancellationToken cancellationToken);
}
