namespace Framegate.Proxy.Engine.Generations;

/// <summary>The store cannot do what it was asked for now; nothing was changed. It may work later.</summary>
/// <param name="problem">Why.</param>
/// <param name="inner">What the store's engine reports.</param>
internal sealed class StoreUnavailableException(StoreProblem problem, Exception inner) : Exception($"The store is unavailable ({problem}): {inner.Message}", inner)
{
    /// <summary>Why.</summary>
    public StoreProblem Problem => problem;
}
