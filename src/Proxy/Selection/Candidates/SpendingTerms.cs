using Framegate.Proxy.Clients;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>What a request may go to, and what it may cost: its caller's own bound, and what its client may do.</summary>
/// <param name="Client">The client's name.</param>
/// <param name="Settings">What the client may do.</param>
internal sealed record SpendingTerms(string Client, ClientSettings Settings)
{
    /// <summary>What the caller wants to pay at most, USD; null for any price.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>Where the caller has put that.</summary>
    public string MaxCostField { get; init; } = MaxCostHeader.Name;

    /// <summary>As how many generations the request is made; each may cost its share.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>How many of them are still to be begun, this one included: the budget must have room for all, so that none is paid for half an order.</summary>
    public int PartsLeft { get; init; } = 1;

    /// <summary>The client's budget that has least left; null when it has none.</summary>
    public BudgetRoom? Budget { get; init; }

    /// <summary>Terms without any bound.</summary>
    public static SpendingTerms None { get; } = new("", new ClientSettings());

    /// <summary>The most that a generation may cost in all, with candidates that it falls back to; null for any price.</summary>
    public decimal? Most => (MaxCost, Settings.MaxCostPerRequest) switch
    {
        ({ } own, { } clients) => Math.Min(own, clients) / Parts,
        var (own, clients) => (own ?? clients) / Parts,
    };

    /// <summary>Why a candidate may not be taken.</summary>
    /// <param name="asked">The alias that was asked for; null when the request names its provider.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="model">The model.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when it may.</returns>
    public GenerationError? Forbids(string? asked, string provider, string model, DateTimeOffset now) =>
        Settings.MayUse(asked, provider, model) ? null
        : RequestErrors.UnknownModel(now, $"The client {Client} may not use {provider}/{model}.", Settings.Models ?? Settings.Providers ?? []);

    /// <summary>Why a candidate is too dear.</summary>
    /// <param name="cost">The upper bound of its price, USD; null when it is not known.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null when it is not.</returns>
    public GenerationError? Refuses(decimal? cost, DateTimeOffset now)
    {
        var ofAll = cost * Parts;
        if (MaxCost is { } most && (ofAll is null || ofAll > most))
        {
            return RequestErrors.Of(now, MaxCostField, ofAll is { } dear
                ? FormattableString.Invariant($"It would cost {dear} USD, and may cost {most} USD.")
                : "What the model costs is not known beforehand, so that it cannot be kept under a limit.");
        }

        if (cost is not { } known)
        {
            return Settings.NeedsPrice() ? RequestErrors.Unpriced(now, Client) : null;
        }

        return Settings.MaxCostPerRequest is { } perRequest && ofAll > perRequest ? RequestErrors.TooDear(now, Client, known * Parts, perRequest)
            : Budget is { } budget && known * PartsLeft > budget.Left ? RequestErrors.NoBudget(now, Client, budget.Report, known * PartsLeft)
            : null;
    }
}
