namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>How a delivery stands.</summary>
internal enum CallbackStatus
{
    /// <summary>Another try is due.</summary>
    Pending,

    /// <summary>The receiver has answered 2xx.</summary>
    Delivered,

    /// <summary>The receiver has answered 410: nothing more goes to this URL for this generation.</summary>
    Gone,

    /// <summary>The last try has failed as well.</summary>
    GivenUp,
}

/// <summary>One try.</summary>
/// <param name="At">When it began.</param>
/// <param name="Status">The HTTP status of the answer; null when there was none.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
/// <param name="TookMs">How long it took, milliseconds.</param>
internal sealed record CallbackTry(DateTimeOffset At, int? Status, string? Error, long TookMs);

/// <summary>A delivery and what became of it.</summary>
/// <param name="Id">Its id, the receiver's <c>webhook-id</c>.</param>
/// <param name="Url">Where to.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Due">When the next try is due; null when none is.</param>
/// <param name="Tries">The latest tries, oldest first; at most <see cref="ICallbackStore.KeptTries"/>.</param>
internal sealed record CallbackRecord(string Id, string Url, CallbackStatus Status, DateTimeOffset? Due, IReadOnlyList<CallbackTry> Tries);

/// <summary>How many deliveries may begin.</summary>
/// <param name="All">In all.</param>
/// <param name="PerReceiver">At a receiver that <paramref name="Left"/> does not name.</param>
/// <param name="Left">At receivers that are busy or failing.</param>
internal sealed record CallbackRoom(int All, int PerReceiver, IReadOnlyDictionary<string, int> Left)
{
    /// <summary>How many may begin at a receiver.</summary>
    public int At(string receiver) => Left.TryGetValue(receiver, out var left) ? left : PerReceiver;
}
