namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>How an insert went.</summary>
internal enum InsertOutcome
{
    /// <summary>Stored.</summary>
    Stored,

    /// <summary>Another generation has this id.</summary>
    IdTaken,

    /// <summary>Another generation has this idempotency key.</summary>
    KeyTaken,

    /// <summary>Another generation drives the job that this one would begin: <see cref="GenerationChange.SharedJob"/>.</summary>
    SharedJobTaken,

    /// <summary>What it needs is not reserved any more: <see cref="GenerationChange.Held"/>.</summary>
    NotReserved,
}
