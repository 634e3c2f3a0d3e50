namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>What <c>POST /v1/responses</c> asks for.</summary>
/// <param name="Request">The generation.</param>
/// <param name="Facts">What its response shows of it.</param>
internal sealed record ResponseCall(DialectRequest Request, ResponseFacts Facts)
{
    /// <summary>True to answer as an event stream.</summary>
    public bool Stream { get; init; }
}
