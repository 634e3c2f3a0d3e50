namespace Framegate.Client;

/// <summary>How one order is placed.</summary>
public sealed record GenerateOptions
{
    /// <summary>Names the order, so that it is paid for once however often it is sent. Default: a new one for each call.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What it may cost at most, USD; dearer is refused. Null for no limit.</summary>
    public decimal? MaxCost { get; init; }
}
