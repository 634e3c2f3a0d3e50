namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>
/// Keeps deliveries and their tries as long as their generation. One is added together with the change it reports, unless its URL is
/// <see cref="CallbackStatus.Gone"/> for that generation.
/// </summary>
internal interface ICallbackStore
{
    /// <summary>How many tries of a delivery are kept; older ones are forgotten.</summary>
    public const int KeptTries = 50;

    /// <summary>How many deliveries of a generation are listed.</summary>
    public const int Listed = 100;

    /// <summary>Takes hold of deliveries that are due. Nobody else gets them before <paramref name="until"/>.</summary>
    /// <param name="now">The time.</param>
    /// <param name="until">When somebody else may try them, unless they are settled before.</param>
    /// <param name="room">How many. Of one receiver the longest overdue go first, and of receivers the one that has waited longest.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<IReadOnlyList<Callback>> ClaimDueAsync(DateTimeOffset now, DateTimeOffset until, CallbackRoom room, CancellationToken cancellationToken);

    /// <summary>When the next one is due that nobody holds, at any receiver with room.</summary>
    /// <param name="room">Receivers without room do not count.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Null when there is none.</returns>
    ValueTask<DateTimeOffset?> NextDueAsync(CallbackRoom room, CancellationToken cancellationToken);

    /// <summary>Writes a try down, and lets go of the delivery; one that was asked for again meanwhile is due. <see cref="CallbackStatus.Gone"/> ends all others of the generation to the same URL too.</summary>
    /// <param name="callback">The delivery.</param>
    /// <param name="last">The try.</param>
    /// <param name="status">How the delivery stands after it.</param>
    /// <param name="due">When the next try is due; null unless it is <see cref="CallbackStatus.Pending"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask SettleAsync(Callback callback, CallbackTry last, CallbackStatus status, DateTimeOffset? due, CancellationToken cancellationToken);

    /// <summary>Forgets one whose generation is forgotten.</summary>
    ValueTask RemoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>The deliveries of a generation, oldest first; at most <see cref="Listed"/>.</summary>
    ValueTask<IReadOnlyList<CallbackRecord>> ListAsync(string generation, CancellationToken cancellationToken);

    /// <summary>Makes deliveries due now, with all of their tries before them, whatever became of them. One that is on its way right now is due once more when it has ended.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="id">The delivery; null for every one of the generation.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>How many there are; 0 when it has none, or none of that id.</returns>
    ValueTask<int> RedeliverAsync(string generation, string? id, DateTimeOffset now, CancellationToken cancellationToken);
}
