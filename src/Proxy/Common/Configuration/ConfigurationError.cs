using System.Text.Json.Serialization;

namespace Framegate.Proxy.Common.Configuration;

/// <summary>One thing that is wrong in the configuration.</summary>
/// <param name="Path">Where, as in <c>Framegate:Jobs:MaxAttempts</c>; the file's path when it cannot be read at all.</param>
/// <param name="Reason">What, and what would be right. Never a value: a key may have been put in the wrong place.</param>
internal sealed record ConfigurationError(string Path, string Reason)
{
    /// <summary>The line of the file where <see cref="Path"/> stands, or what it would stand in; null where the file has nothing of it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Line { get; init; }

    /// <summary>True where the cause is not in the file: an environment variable, or the file of a provider.</summary>
    [JsonIgnore]
    public bool IsElsewhere { get; init; }

    /// <summary>The reason, and the line where one is known.</summary>
    [JsonIgnore]
    public string ReasonAndLine => Line is { } line ? $"{Reason} (line {line})" : Reason;

    public override string ToString() => $"{Path}: {Reason}";
}
