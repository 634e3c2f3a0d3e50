namespace Framegate.Proxy.Engine.Generations;

/// <summary>
/// Remembers that a client has cancelled a generation, apart from the generation's state: that one belongs to its driver, which may be in
/// the middle of a submit for as long as the provider takes to answer.
/// </summary>
internal interface ICancellationRequests
{
    /// <summary>Remembers a wish, durably.</summary>
    ValueTask AddAsync(string generation, CancellationToken cancellationToken);

    /// <summary>The open generations that are to end.</summary>
    IReadOnlySet<string> Open();
}
