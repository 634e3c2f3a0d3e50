namespace Framegate.Client;

/// <summary>Where Framegate is, and how patient its client is.</summary>
public sealed class FramegateClientOptions
{
    /// <summary>Where Framegate is, with its base path where it has one. Default: <c>FRAMEGATE_BASE_URL</c>, else <c>http://127.0.0.1:8080</c>.</summary>
    public Uri BaseAddress { get; set; } = new(Environment.GetEnvironmentVariable("FRAMEGATE_BASE_URL") is { Length: > 0 } url ? url : "http://127.0.0.1:8080");

    /// <summary>A client key. Default: <c>FRAMEGATE_API_KEY</c>; null for none.</summary>
    public string? ApiKey { get; set; } = Environment.GetEnvironmentVariable("FRAMEGATE_API_KEY");

    /// <summary>How often a call is sent again after a lost answer, 408, 429, 502, 503 and 504. Default 3; 0 to 10.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>The first pause before a call is sent again; it doubles, unless the answer names its own. Default 500 ms.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long one try may take until its answer begins. Default 30 s.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause between two looks at a generation. Default 1 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock of all pauses. Default: the system's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Throws for an option that is out of its range.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal FramegateClientOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Retries);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Retries, 10);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AttemptTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(PollInterval, TimeSpan.FromMilliseconds(10));
        return BaseAddress.IsAbsoluteUri ? this : throw new ArgumentException($"{nameof(BaseAddress)} must be absolute.");
    }
}
