using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Selection.Health;

/// <summary>When a destination is left alone for a while, and how it is asked whether it is well again.</summary>
internal sealed class BreakerOptions
{
    public const string Section = "Framegate:Breaker";

    /// <summary>The share of submits that must fail. Default 0.5; 0.01 to 1.</summary>
    [Range(0.01, 1.0)]
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>How many submits there must be before the share means anything. Default 10; 2 to 1000000.</summary>
    [Range(2, 1_000_000)]
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>How far back submits are counted. Default 30 s; 500 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the breaker stays open before one submit is let through. Default 15 s; 500 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest pause between two probes of a destination whose account is empty or whose key was refused. Default 5 min; 1 s to 1 d.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RecheckInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many active probes in a row must fail before a destination counts as dead. Default 2; 1 to 100.</summary>
    [Range(1, 100)]
    public int ProbeFailures { get; set; } = 2;
}

[OptionsValidator]
internal sealed partial class BreakerOptionsValidator : IValidateOptions<BreakerOptions>;
