using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>What a generation was asked for with, for whoever looks at it later.</summary>
/// <param name="MediaType">The kind of result.</param>
/// <param name="Prompt">The prompt, 4000 characters of it at most; null where prompts are not kept.</param>
/// <param name="Parameters">The parameters, without media that came as bytes; null where they are not kept.</param>
/// <param name="CallbackUrl">Where its outcome is sent; null for nowhere.</param>
public sealed record AskedReport(MediaType MediaType, string? Prompt, JsonElement? Parameters, string? CallbackUrl)
{
    /// <summary>The SHA-256 of the prompt, hexadecimal, where that alone is kept; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PromptHash { get; init; }

    /// <summary>The parameters whose media came as bytes and are not kept; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Inline { get; init; }

    /// <summary>What is kept in part, or was too large to be kept: <c>prompt</c>, <c>parameters</c>; null for nothing. With it the same cannot be asked for again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Cut { get; init; }
}
