namespace Framegate.Proxy.Catalogue;

/// <summary>How much of a provider may be used.</summary>
internal sealed class ProviderLimits
{
    /// <summary>Submits per minute. Null: not limited.</summary>
    public int? RequestsPerMinute { get; set; }
}
