using System.Text.Json;

namespace Framegate.Plugins.Contract;

/// <summary><c>metadata.priority</c>: who goes first where a provider's limit makes requests wait.</summary>
public static class RequestPriority
{
    /// <summary>The name of the field.</summary>
    public const string Field = "priority";

    /// <summary>The lowest.</summary>
    public const int Lowest = 0;

    /// <summary>The highest.</summary>
    public const int Highest = 9;

    /// <summary>That of a request which names none.</summary>
    public const int Default = 5;

    /// <summary>Reads it.</summary>
    /// <param name="metadata">The request's metadata; null or undefined for none.</param>
    /// <returns>The priority; <see cref="Default"/> when there is none, or none that is valid.</returns>
    public static int Of(JsonElement? metadata) =>
        metadata is { ValueKind: JsonValueKind.Object } notes && notes.TryGetProperty(Field, out var value) && IsValid(value, out var priority) ? priority : Default;

    /// <summary>Whether a value is a priority.</summary>
    /// <param name="value">The value.</param>
    /// <param name="priority">The priority.</param>
    /// <returns>True when it is a whole number from 0 to 9.</returns>
    public static bool IsValid(JsonElement value, out int priority)
    {
        priority = Default;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number is < Lowest or > Highest || number != Math.Floor(number))
        {
            return false;
        }

        priority = (int)number;
        return true;
    }
}
