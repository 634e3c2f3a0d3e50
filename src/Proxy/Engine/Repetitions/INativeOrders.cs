namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>
/// Native submits whose answers have not reached their callers, so that another process knows what one that died had sent. The provider alone knows what became of
/// such a submit, and its answer can be given once more.
/// </summary>
internal interface INativeOrders
{
    /// <summary>Answers other replicas that look for an order from now on.</summary>
    /// <param name="give">Offers an order whose caller has gone, and takes it out of the table until it is known whether somebody has claimed it.</param>
    /// <param name="settled">Called with one that was offered: true where nobody has claimed it, so that it is to be put back.</param>
    void Serve(Func<ContentKey, GivenOrder> give, Action<ContentKey, string, bool> settled)
    {
        // Nobody else is there.
    }

    /// <summary>Writes down that a submit is about to be sent.</summary>
    /// <param name="id">The order; no other has the same.</param>
    /// <param name="owner">The process that sends it.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="fingerprint">The SHA-256 of what is asked for.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask BeginAsync(string id, string owner, string client, byte[] fingerprint, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Writes the answer down, before its caller gets it.</summary>
    ValueTask AnswerAsync(string id, byte[] answer, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Takes an order that a process has left that is gone, or whose caller has gone at another replica. Nobody else gets it from then on.</summary>
    /// <param name="owner">The process that takes it.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <param name="since">What was written down last before that is too old.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The oldest one; null when there is none.</returns>
    ValueTask<LostNativeOrder?> TakeAsync(string owner, string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>Forgets orders that nobody can join any more, and every one that is older than <paramref name="before"/>.</summary>
    ValueTask ForgetAsync(IReadOnlyCollection<string> ids, DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>A native submit whose process, or caller, is gone.</summary>
/// <param name="Id">The order.</param>
/// <param name="Answer">The provider's answer; null when none was written down, so that nobody knows whether a job was accepted.</param>
internal sealed record LostNativeOrder(string Id, byte[]? Answer)
{
    /// <summary>True when another replica has given it away: the provider has answered, and an answer that was not written down is not here.</summary>
    public bool IsOver { get; init; }

    /// <summary>True when it was this process's own, which others had been offered and did not claim: it is among its own orders again.</summary>
    public bool IsHere { get; init; }
}
