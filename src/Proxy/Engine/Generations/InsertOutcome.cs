namespace Framegate.Proxy.Engine.Generations;

/// <summary>How an insert went.</summary>
internal enum InsertOutcome
{
    /// <summary>Stored.</summary>
    Stored,

    /// <summary>Another generation has this id.</summary>
    IdTaken,

    /// <summary>Another generation has this idempotency key.</summary>
    KeyTaken,
}
