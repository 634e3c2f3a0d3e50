using System.Globalization;
using System.Text.Json;

namespace Framegate.Plugins.Kit;

/// <summary>What is known about one native field: which values the provider takes.</summary>
public sealed class NativeRule
{
    private readonly Func<JsonElement, bool> _accepts;

    private NativeRule(string message, Func<JsonElement, bool> accepts, IReadOnlyList<string>? allowed = null)
    {
        Message = message;
        Allowed = allowed;
        _accepts = accepts;
    }

    /// <summary>True or false.</summary>
    public static NativeRule Flag { get; } = new(
        "must be true or false.", v => v.ValueKind is JsonValueKind.True or JsonValueKind.False, ["true", "false"]);

    /// <summary>A text that is not empty.</summary>
    public static NativeRule Text { get; } = new("must be a text that is not empty.", v => v.Text() is { Length: > 0 });

    /// <summary>What is wrong with a value that is not accepted, in a sentence without the field's name.</summary>
    public string Message { get; }

    /// <summary>The values that would be taken, where they can be listed.</summary>
    public IReadOnlyList<string>? Allowed { get; }

    /// <summary>A whole number in a range.</summary>
    /// <param name="min">The least.</param>
    /// <param name="max">The most.</param>
    /// <param name="step">It must be a multiple of this.</param>
    /// <returns>The rule.</returns>
    public static NativeRule Whole(long min, long max, int step = 1) => new(
        step == 1 ? Invariant($"must be a whole number, {min} to {max}.") : Invariant($"must be a multiple of {step}, {min} to {max}."),
        v => v.Whole() is { } n && n >= min && n <= max && n % step == 0,
        Ranges.Of(min, max, step));

    /// <summary>A number in a range.</summary>
    /// <param name="min">The least.</param>
    /// <param name="max">The most.</param>
    /// <returns>The rule.</returns>
    public static NativeRule Number(double min, double max) => new(
        Invariant($"must be a number, {min} to {max}."), v => v.Number() is { } n && n >= min && n <= max, Ranges.Of(min, max));

    /// <summary>One of a list of texts.</summary>
    /// <param name="values">The texts, as the provider writes them.</param>
    /// <returns>The rule.</returns>
    public static NativeRule OneOf(params string[] values) => new(
        "has a value the model does not know.", v => v.Text() is { } text && values.Contains(text, StringComparer.Ordinal), values);

    /// <summary>An array, whatever is in it.</summary>
    /// <param name="min">The fewest items.</param>
    /// <param name="max">The most items.</param>
    /// <returns>The rule.</returns>
    public static NativeRule List(int min, int max) => new(
        Invariant($"must be a list of {min} to {max} values."),
        v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() >= min && v.GetArrayLength() <= max);

    /// <summary>What one of two rules accepts.</summary>
    /// <param name="one">The rule whose message is used.</param>
    /// <param name="other">The other rule.</param>
    /// <returns>The rule.</returns>
    public static NativeRule Either(NativeRule one, NativeRule other) => new(
        one.Message, v => one.Accepts(v) || other.Accepts(v), one.Allowed ?? other.Allowed);

    /// <summary>A rule of the provider's own.</summary>
    /// <param name="message">What is wrong, in a sentence without the field's name.</param>
    /// <param name="accepts">Whether a value is taken.</param>
    /// <returns>The rule.</returns>
    public static NativeRule Where(string message, Func<JsonElement, bool> accepts) => new(message, accepts);

    /// <summary>For fields that only Framegate may set.</summary>
    /// <param name="message">Why, in a sentence without the field's name.</param>
    /// <returns>The rule.</returns>
    public static NativeRule Never(string message) => new(message, _ => false);

    /// <summary>Whether the provider takes a value.</summary>
    /// <param name="value">The value as the caller wrote it.</param>
    /// <returns>True when it does.</returns>
    public bool Accepts(JsonElement value) => _accepts(value);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
