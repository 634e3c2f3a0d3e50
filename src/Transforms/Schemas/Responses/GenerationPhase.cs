using System.Text.Json.Serialization;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>Where a generation stands, finer than <see cref="GenerationStatus"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GenerationPhase>))]
public enum GenerationPhase
{
    /// <summary>Stored; no provider has received it.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>A submit is on its way; whether the provider accepts is not known yet.</summary>
    [JsonStringEnumMemberName("submitting")]
    Submitting,

    /// <summary>The provider has accepted the job.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>The provider is done; its result is being copied into the media store.</summary>
    [JsonStringEnumMemberName("storing")]
    Storing,

    /// <summary>Finished with a result.</summary>
    [JsonStringEnumMemberName("succeeded")]
    Succeeded,

    /// <summary>Finished without a result.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>Ended by the client.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,

    /// <summary>A submit was sent and its answer never came: the provider may run, and bill, a job nobody can name.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}
