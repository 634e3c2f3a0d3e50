namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>Whether the store works, for who decides about traffic.</summary>
internal interface IStoreHealth
{
    /// <summary>Looks at it now: what is stored can be read, and what is new can be stored.</summary>
    /// <returns>What is wrong; null when it works.</returns>
    ValueTask<StoreProblem?> CheckAsync(CancellationToken cancellationToken);
}
