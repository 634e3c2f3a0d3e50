namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>Whoever waits for an answer.</summary>
internal interface ICaller
{
    /// <summary>True once the connection that the answer would go out on is gone. It never turns back to false.</summary>
    bool IsGone { get; }

    /// <summary>What the server has noticed of that so far; it costs nothing to ask, and may be late by a moment.</summary>
    bool IsKnownToBeGone { get; }
}
