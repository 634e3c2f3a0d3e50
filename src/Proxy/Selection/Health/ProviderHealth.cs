namespace Framegate.Proxy.Selection.Health;

/// <summary>What is known about a provider as a whole.</summary>
internal sealed class ProviderHealth(TimeProvider time)
{
    /// <summary>Its open jobs, at whatever destination.</summary>
    public LoadCounter Load { get; } = new();

    /// <summary>How well it is.</summary>
    public HealthScore Score { get; } = new(time, null);
}
