using System.Text.Json.Serialization;

namespace Framegate.Plugins.Contract;

/// <summary>Whether an attempt costs money at the provider.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Billed>))]
public enum Billed
{
    /// <summary>Certainly not.</summary>
    [JsonStringEnumMemberName("no")]
    No,

    /// <summary>Yes.</summary>
    [JsonStringEnumMemberName("yes")]
    Yes,

    /// <summary>The provider does not report it, or its answer was lost.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}
