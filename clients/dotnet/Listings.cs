using System.Text.Json;

namespace Framegate.Client;

/// <summary>Where a request would go.</summary>
public sealed record Quote
{
    /// <summary>The alias that was asked for; null when the request named its provider.</summary>
    public string? Alias { get; init; }

    /// <summary>How the alias picks; null without one.</summary>
    public string? Strategy { get; init; }

    /// <summary>The candidates, in order.</summary>
    public IReadOnlyList<QuotedCandidate> Data { get; init; } = [];
}

/// <summary>One candidate for a request.</summary>
public sealed record QuotedCandidate
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary><c>able</c>, or why it is not.</summary>
    public required string Verdict { get; init; }

    /// <summary>The place in the order, from 1; null for one that is left out.</summary>
    public int? Place { get; init; }

    /// <summary>Whether it would take the request now.</summary>
    public bool Ready { get; init; }

    /// <summary>The price, USD; null when it is not known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>What it would not honour.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Why it refuses; null when it does not.</summary>
    public GenerationError? Refusal { get; init; }

    /// <summary>How long the model usually takes, milliseconds; null when nobody knows.</summary>
    public long? UsualMs { get; init; }
}

/// <summary>What can be asked for.</summary>
public sealed record ModelListing
{
    /// <summary>The models.</summary>
    public IReadOnlyList<Model> Data { get; init; } = [];

    /// <summary>The names that stand for candidates on several providers.</summary>
    public IReadOnlyList<ModelAlias> Aliases { get; init; } = [];
}

/// <summary>One model of one provider.</summary>
public sealed record Model
{
    /// <summary><c>provider/model</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>Its name at the provider; the property is <c>model</c> on the wire.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("model")]
    public required string Name { get; init; }

    /// <summary>What it makes.</summary>
    public MediaType MediaType { get; init; }

    /// <summary>What it can do, as in <c>text-to-image</c>.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>What it takes, by name.</summary>
    public JsonElement Limits { get; init; }

    /// <summary>What it costs, USD, by unit; null when it is not known.</summary>
    public JsonElement? Price { get; init; }

    /// <summary>When the provider retires it; null for no date.</summary>
    public DateOnly? Retired { get; init; }

    /// <summary>The model that takes its place; null for none.</summary>
    public string? Successor { get; init; }
}

/// <summary>A name that stands for candidates on several providers.</summary>
public sealed record ModelAlias
{
    /// <summary>The name.</summary>
    public required string Id { get; init; }

    /// <summary>The provider to ask it of: <c>auto</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>How it picks.</summary>
    public required string Strategy { get; init; }

    /// <summary>Where it may lead.</summary>
    public IReadOnlyList<AliasCandidate> Candidates { get; init; } = [];
}

/// <summary>One model that an alias may lead to.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model.</param>
/// <param name="Priority">Lower goes first.</param>
/// <param name="Weight">The share of the traffic.</param>
public sealed record AliasCandidate(string Provider, string Model, int Priority, int Weight);
