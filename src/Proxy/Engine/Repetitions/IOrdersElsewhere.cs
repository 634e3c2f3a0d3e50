using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>Orders at other replicas of one store. Whoever has lost its answer at one of them may ask again at any.</summary>
internal interface IOrdersElsewhere
{
    /// <summary>Answers other replicas that look for an order from now on.</summary>
    /// <param name="give">Offers an order whose caller has gone, and takes it out of the table until it is known whether somebody has claimed it.</param>
    /// <param name="settled">Called with one that was offered: true where nobody has claimed it, so that it is to be put back.</param>
    void Serve(Func<ContentKey, GivenOrder> give, Action<ContentKey, string, bool> settled);

    /// <summary>Takes an order whose caller has gone at another replica, or with it. Nobody else gets it from then on.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="fingerprint">What is asked for.</param>
    /// <param name="since">What was begun before that is not looked for.</param>
    /// <param name="mayAnswer">Whether a generation could answer; pure.</param>
    /// <param name="isDriven">Whether a generation is driven here. What this replica holds and does not drive yet it is about to take up.</param>
    /// <param name="taken">Called with its generation, before anybody else may find that there is none; not where it was this replica's own, and is left there again.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Its generation; null when there is none.</returns>
    /// <exception cref="StoreContract.StoreUnavailableException">The store cannot be asked now.</exception>
    ValueTask<string?> TakeAsync(
        string client, byte[] fingerprint, DateTimeOffset since, Func<GenerationState, bool> mayAnswer, Func<string, bool> isDriven, Action<string> taken, CancellationToken cancellationToken);

    /// <summary>Those of some generations, just taken from another replica, whose orders a third one has taken; the others' orders are this one's from now on.</summary>
    ValueTask<IReadOnlySet<string>> TakenByOthersAsync(IReadOnlyList<string> generations, CancellationToken cancellationToken);
}
