namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>One delivery: an event of a generation on its way to a receiver.</summary>
/// <param name="Id">No other has the same, anywhere; every try carries it in <c>webhook-id</c>, and the receiver drops repeats by it.</param>
/// <param name="Generation">The generation it reports.</param>
/// <param name="Url">Where to.</param>
/// <param name="Attempts">How many tries have failed since it was begun, or asked for again.</param>
/// <param name="Due">When the next one is due.</param>
internal sealed record Callback(string Id, string Generation, string Url, int Attempts, DateTimeOffset Due)
{
    /// <summary>Who is called: host and port. Tries at once are limited by it.</summary>
    public string Receiver => ReceiverOf(Url);

    /// <summary>The receiver of a URL.</summary>
    public static string ReceiverOf(string url) => new Uri(url).Authority;
}
