namespace Framegate.Proxy.Selection.Catalogue;

/// <summary>How much of a provider may be used, and what none of its models may exceed.</summary>
internal sealed class ProviderLimits : CatalogueLimits
{
    /// <summary>Submits in any minute. Default null: not limited; 1 or more.</summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>Jobs at once, from the submit to the result. Default null: not limited; 1 or more.</summary>
    public int? JobsAtOnce { get; set; }

    /// <summary>Generations that wait for their turn; one more is refused with RATE_LIMIT_EXCEEDED. Default 10000; 0 or more.</summary>
    public int MaxQueued { get; set; } = 10_000;
}
