using System.Text.Json.Serialization;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>The part of an error that programs read.</summary>
public sealed record ErrorDetails
{
    /// <summary>Everything that is wrong with the request; null when the request is not at fault.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Fields { get; init; }

    /// <summary>A short reason, as in <c>cancelled</c> or <c>submit_outcome_unknown</c>; null when the code suffices.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>The provider's own code or status word; null when it gave none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NativeCode { get; init; }

    /// <summary>The provider's own name of the field that it refuses; null when it names none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NativeField { get; init; }

    /// <summary>The HTTP status of the provider's answer; null when none came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? NativeStatus { get; init; }

    /// <summary>Candidates of a model alias that cannot do the request, and why; null when it is not about that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SkippedCandidate>? Skipped { get; init; }

    /// <summary>The budget of the client that has not so much left; null when it is not about that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BudgetReport? Budget { get; init; }
}
