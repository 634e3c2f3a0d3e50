namespace Framegate.Sandbox.Core;

/// <summary>One provider, spoken natively.</summary>
internal interface IStandIn
{
    /// <summary>The name in the ledger, in the keys and in the path of the standalone sandbox.</summary>
    string Name { get; }

    /// <summary>Adds the native routes, without any prefix of the sandbox.</summary>
    void Map(IEndpointRouteBuilder routes, StandInSite site);
}
