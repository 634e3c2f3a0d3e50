using System.Text.Json.Serialization;

namespace Framegate.Plugins.Contract;

/// <summary>The kind of thing a model makes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MediaType>))]
public enum MediaType
{
    /// <summary>A still image.</summary>
    [JsonStringEnumMemberName("image")]
    Image,

    /// <summary>A clip, with or without sound.</summary>
    [JsonStringEnumMemberName("video")]
    Video,

    /// <summary>Speech, music or a sound effect.</summary>
    [JsonStringEnumMemberName("audio")]
    Audio,

    /// <summary>Text; carried in <c>result.text</c>, no file.</summary>
    [JsonStringEnumMemberName("text")]
    Text,
}
