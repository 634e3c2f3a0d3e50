namespace Framegate.Proxy.Clients;

/// <summary>What a client may do, and how much of it. Null means: no limit of its own.</summary>
internal class ClientSettings
{
    /// <summary>Whether its keys open anything. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>From when on its keys open nothing; null for never.</summary>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>What it may ask for: aliases, models or PROVIDER/MODEL; a trailing asterisk stands for any ending. At most 200.</summary>
    public IReadOnlyList<string>? Models { get; set; }

    /// <summary>The providers its requests may go to, native routes included. At most 100.</summary>
    public IReadOnlyList<string>? Providers { get; set; }

    /// <summary>How many requests other than reads it may send in any minute, 1 to 1,000,000.</summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>How many generations of it may be open at once, 1 to 100,000.</summary>
    public int? ConcurrentJobs { get; set; }

    /// <summary>Limits for one model or alias, by what the request asks for. At most 200.</summary>
    public Dictionary<string, ClientModelLimits>? ModelLimits { get; set; }

    /// <summary>What it may spend.</summary>
    public ClientBudget? Budget { get; set; }

    /// <summary>What one request may cost at most, USD.</summary>
    public decimal? MaxCostPerRequest { get; set; }

    /// <summary>Whether it may order what has no price although its spending is bounded. Default false.</summary>
    public bool AllowUnpriced { get; set; }

    /// <summary>Words and phrases that its prompts may not have, whatever their case. At most 1,000 of at most 200 characters each.</summary>
    public IReadOnlyList<string>? DeniedPhrases { get; set; }

    /// <summary>The longest prompt that it may send, characters, 1 to 1,000,000; null for what each model takes.</summary>
    public int? MaxPromptLength { get; set; }

    /// <summary>What is stored of its prompts: <c>full</c>, <c>hash</c> or <c>none</c>; null for the gateway's own setting (<c>Jobs:Prompts</c>).</summary>
    public string? Prompts { get; set; }

    /// <summary>Whose cached results may answer it: <c>client</c> or <c>shared</c>; null for the cache's own setting.</summary>
    public string? CacheScope { get; set; }

    /// <summary>What the operator wants to see beside its name. At most 20 of at most 200 characters each.</summary>
    public Dictionary<string, string>? Tags { get; set; }
}

/// <summary>Limits for one model of one client.</summary>
internal sealed class ClientModelLimits
{
    /// <summary>How many orders for it in any minute, 1 to 1,000,000.</summary>
    public int? RequestsPerMinute { get; set; }

    /// <summary>How many open generations of it at once, 1 to 100,000.</summary>
    public int? ConcurrentJobs { get; set; }
}

/// <summary>What a client may spend, USD. Days and months are UTC, and a generation counts on the day that it was asked for.</summary>
internal sealed class ClientBudget
{
    /// <summary>On one day.</summary>
    public decimal? PerDay { get; set; }

    /// <summary>In one month.</summary>
    public decimal? PerMonth { get; set; }

    /// <summary>In all.</summary>
    public decimal? Total { get; set; }

    /// <summary>At how many per cent of a budget the operator is notified, 1 to 100; null for never.</summary>
    public int? Alert { get; set; }

    /// <summary>Where the notice goes, beside the log; null for the log only.</summary>
    public string? AlertUrl { get; set; }
}
