using System.Text.Json.Serialization;

namespace Framegate.Plugins.Contract;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Field">The path of the field, as in <c>parameters.width</c>; <c>$</c> is the whole body.</param>
/// <param name="Message">What is wrong, in a sentence without the field's name.</param>
/// <param name="Allowed">The values that would be taken, where they can be listed.</param>
public sealed record FieldError(
    string Field,
    string Message,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Allowed = null)
{
    /// <summary>The error as one line for people.</summary>
    /// <returns>Field, message and allowed values.</returns>
    public override string ToString() => Allowed is { Count: > 0 }
        ? $"{Field}: {Message} Allowed: {string.Join(", ", Allowed)}."
        : $"{Field}: {Message}";
}
