using Framegate.Plugins;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Engine.Find;

/// <summary>What one look for a lost job has shown.</summary>
internal abstract record Look
{
    /// <summary>The provider has the job.</summary>
    public sealed record Found(JobHandle Job) : Look;

    /// <summary>The provider does not have the job now.</summary>
    public sealed record Absent : Look;

    /// <summary>The submit was sent again, and its answer settles it.</summary>
    public sealed record Answered(ProviderExchange Exchange, JobOutcome Outcome) : Look;

    /// <summary>Nothing.</summary>
    /// <param name="Wait">What the provider asks to wait; null when it asks for nothing.</param>
    public sealed record Nothing(TimeSpan? Wait = null) : Look;
}
