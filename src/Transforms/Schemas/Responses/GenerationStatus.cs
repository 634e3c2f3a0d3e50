using System.Text.Json.Serialization;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>What a caller needs to know first: done, failed or wait.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GenerationStatus>))]
public enum GenerationStatus
{
    /// <summary>Not finished; ask again.</summary>
    [JsonStringEnumMemberName("processing")]
    Processing,

    /// <summary>Finished, and the media are in Framegate's store.</summary>
    [JsonStringEnumMemberName("success")]
    Success,

    /// <summary>Finished without a result; <c>error</c> gives the reason.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
