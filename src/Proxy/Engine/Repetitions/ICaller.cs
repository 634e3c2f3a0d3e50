namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>Whoever waits for an answer.</summary>
internal interface ICaller
{
    /// <summary>True once the connection that the answer would go out on is gone. It never turns back to false.</summary>
    bool IsGone { get; }

    /// <summary>What the server has noticed of that so far; it costs nothing to ask, and may be late by a moment.</summary>
    bool IsKnownToBeGone { get; }

    /// <summary>True once the connection has broken: what was being sent did not arrive, whoever the connection leads to.</summary>
    bool IsBroken => false;

    /// <summary>Whether it can be known of this caller's connection that an answer was sent and not read.</summary>
    bool ShowsWhetherRead => false;

    /// <summary>True once it is known that the answer was not read: the client's system has given up the connection with the answer in it.</summary>
    bool HasNotRead => false;

    /// <summary>As <see cref="HasNotRead"/>, as far as the server has noticed.</summary>
    bool IsKnownNotToHaveRead => false;

    /// <summary>True once it is known that the answer was read: the client has asked for something else on the same connection since.</summary>
    bool IsKnownToHaveRead => false;

    /// <summary>The answer is on its way.</summary>
    void Sent()
    {
    }
}
