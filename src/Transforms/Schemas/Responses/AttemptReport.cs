using System.Text.Json.Serialization;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>One try at one destination, as the caller sees it.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Destination">The region or account.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Code">The failure; null when there was none.</param>
/// <param name="Billed">Whether it costs money.</param>
/// <param name="DurationMs">From sending the submit to knowing its outcome, milliseconds.</param>
public sealed record AttemptReport(
    string Provider,
    string Destination,
    AttemptOutcome Outcome,
    ErrorCode? Code,
    Billed Billed,
    long DurationMs)
{
    /// <summary>From the request's arrival to the beginning of the attempt, milliseconds; null for what an earlier build has stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AtMs { get; init; }

    /// <summary>The HTTP status of the provider's answer to the submit; null when none came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? HttpStatus { get; init; }

    /// <summary>By what the host has found out what became of it, after its answer was lost; null when the answer came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReconciledBy? Reconciled { get; init; }

    /// <summary>Why no answer came, for people; null when one came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cause { get; init; }
}

/// <summary>What there is to go by when the answer to a submit is lost, the strongest first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReconciledBy>))]
public enum ReconciledBy
{
    /// <summary>The job was looked up by an id of ours that the provider keeps with it.</summary>
    [JsonStringEnumMemberName("external_id")]
    ExternalId,

    /// <summary>The submit was sent again with the same idempotency key.</summary>
    [JsonStringEnumMemberName("idempotency_key")]
    IdempotencyKey,

    /// <summary>The provider called back about the attempt.</summary>
    [JsonStringEnumMemberName("callback")]
    Callback,

    /// <summary>The job was looked for in the provider's list.</summary>
    [JsonStringEnumMemberName("list")]
    List,

    /// <summary>There was nothing to go by.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>What came of a submit.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptOutcome>))]
public enum AttemptOutcome
{
    /// <summary>Sent, or about to be; no answer yet.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The provider took the job.</summary>
    [JsonStringEnumMemberName("accepted")]
    Accepted,

    /// <summary>The provider rejected it and has no job.</summary>
    [JsonStringEnumMemberName("refused")]
    Refused,

    /// <summary>The provider never got the request.</summary>
    [JsonStringEnumMemberName("unreachable")]
    Unreachable,

    /// <summary>The answer never came, or cannot be read: the provider may have a job.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}
