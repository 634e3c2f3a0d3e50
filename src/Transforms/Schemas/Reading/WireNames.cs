using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>Names of the contract, for logs and metrics: they are spelled there as callers see them.</summary>
public static class WireNames
{
    /// <summary>The name of a failure, as in <c>RATE_LIMIT_EXCEEDED</c>.</summary>
    /// <param name="code">The failure.</param>
    /// <returns>Its name.</returns>
    public static string ToWireName(this ErrorCode code) => ContractNames.NameOf(code);
}
