namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>How a change went.</summary>
internal enum SaveOutcome
{
    /// <summary>Stored.</summary>
    Saved,

    /// <summary>What is stored is as new, or newer.</summary>
    Stale,

    /// <summary>Somebody else holds the generation, or it is forgotten.</summary>
    LeaseLost,
}
