namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>Why a store does not work at the moment.</summary>
internal enum StoreProblem
{
    /// <summary>Another program holds it, or more is waiting than it can take.</summary>
    Busy,

    /// <summary>There is no room left.</summary>
    Full,

    /// <summary>It can be read and not written.</summary>
    ReadOnly,

    /// <summary>Its disk, or the way to it, fails.</summary>
    Failing,

    /// <summary>What is stored is not what was written.</summary>
    Damaged,
}
