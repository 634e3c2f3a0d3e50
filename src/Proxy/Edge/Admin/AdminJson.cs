using System.Text.Json.Serialization;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Unified;

namespace Framegate.Proxy.Edge.Admin;

/// <summary>Source-generated JSON of <c>/admin</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Listing<ClientView>))]
[JsonSerializable(typeof(ClientSettings))]
internal sealed partial class AdminJson : JsonSerializerContext;

/// <summary>A client as <c>/admin/clients</c> shows it. Its keys are shown by the first digits of their hashes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Source">Where it is kept: <c>config</c> or <c>store</c>.</param>
/// <param name="Enabled">Whether its keys open anything.</param>
internal sealed record ClientView(string Name, string Source, bool Enabled)
{
    /// <summary>The new key; in the answer that makes it, and nowhere else.</summary>
    public string? Key { get; init; }

    /// <summary>When it was made; null for one of the configuration.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>When it was revoked; null while it is not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>From when on its keys open nothing; null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Its keys; null for one of the configuration.</summary>
    public IReadOnlyList<ClientKeyView>? Keys { get; init; }

    /// <inheritdoc cref="ClientSettings.Models" />
    public IReadOnlyList<string>? Models { get; init; }

    /// <inheritdoc cref="ClientSettings.Providers" />
    public IReadOnlyList<string>? Providers { get; init; }

    /// <inheritdoc cref="ClientSettings.RequestsPerMinute" />
    public int? RequestsPerMinute { get; init; }

    /// <inheritdoc cref="ClientSettings.ConcurrentJobs" />
    public int? ConcurrentJobs { get; init; }

    /// <inheritdoc cref="ClientSettings.ModelLimits" />
    public Dictionary<string, ClientModelLimits>? ModelLimits { get; init; }

    /// <inheritdoc cref="ClientSettings.Budget" />
    public ClientBudget? Budget { get; init; }

    /// <inheritdoc cref="ClientSettings.MaxCostPerRequest" />
    public decimal? MaxCostPerRequest { get; init; }

    /// <inheritdoc cref="ClientSettings.AllowUnpriced" />
    public bool AllowUnpriced { get; init; }

    /// <inheritdoc cref="ClientSettings.DeniedPhrases" />
    public IReadOnlyList<string>? DeniedPhrases { get; init; }

    /// <inheritdoc cref="ClientSettings.MaxPromptLength" />
    public int? MaxPromptLength { get; init; }

    /// <inheritdoc cref="ClientSettings.Prompts" />
    public string? Prompts { get; init; }

    /// <inheritdoc cref="ClientSettings.CacheScope" />
    public string? CacheScope { get; init; }

    /// <inheritdoc cref="ClientSettings.Tags" />
    public Dictionary<string, string>? Tags { get; init; }

    /// <summary>What it has spent and reserved.</summary>
    public SpentView? Spent { get; init; }
}

/// <summary>A key of a client.</summary>
/// <param name="Id">The first eight digits of its hash.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">From when on it opens nothing; null for as long as its client.</param>
internal sealed record ClientKeyView(string Id, DateTimeOffset Created, DateTimeOffset? Expires);

/// <summary>What a client has spent and reserved, USD.</summary>
/// <param name="Today">On this day, UTC.</param>
/// <param name="Month">In this month.</param>
/// <param name="Total">In all.</param>
internal sealed record SpentView(decimal Today, decimal Month, decimal Total);
