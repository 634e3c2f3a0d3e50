namespace Framegate.Proxy.Catalogue;

/// <summary>How much of a provider may be used, and what none of its models may exceed.</summary>
internal sealed class ProviderLimits : CatalogueLimits
{
    /// <summary>Submits per minute. Null: not limited.</summary>
    public int? RequestsPerMinute { get; set; }
}
