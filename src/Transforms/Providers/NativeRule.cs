using System.Globalization;
using System.Text.Json;

namespace Framegate.Transforms.Providers;

/// <summary>What is known about one native field: which values the provider takes.</summary>
internal sealed class NativeRule
{
    private readonly Func<JsonElement, bool> _accepts;

    private NativeRule(string message, Func<JsonElement, bool> accepts, IReadOnlyList<string>? allowed = null)
    {
        Message = message;
        Allowed = allowed;
        _accepts = accepts;
    }

    public static NativeRule Flag { get; } = new(
        "must be true or false.", v => v.ValueKind is JsonValueKind.True or JsonValueKind.False, ["true", "false"]);

    public static NativeRule Text { get; } = new("must be a text that is not empty.", v => v.Text() is { Length: > 0 });

    /// <summary>What is wrong with a value that is not accepted, in a sentence without the field's name.</summary>
    public string Message { get; }

    public IReadOnlyList<string>? Allowed { get; }

    public static NativeRule Whole(long min, long max, int step = 1) => new(
        step == 1 ? Invariant($"must be a whole number, {min} to {max}.") : Invariant($"must be a multiple of {step}, {min} to {max}."),
        v => v.Whole() is { } n && n >= min && n <= max && n % step == 0);

    public static NativeRule Number(double min, double max) => new(
        Invariant($"must be a number, {min} to {max}."), v => v.Number() is { } n && n >= min && n <= max);

    public static NativeRule OneOf(params string[] values) => new(
        "has a value the model does not know.", v => v.Text() is { } text && values.Contains(text, StringComparer.Ordinal), values);

    public static NativeRule List(int min, int max) => new(
        Invariant($"must be a list of {min} to {max} values."),
        v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() >= min && v.GetArrayLength() <= max);

    public static NativeRule Either(NativeRule one, NativeRule other) => new(
        one.Message, v => one.Accepts(v) || other.Accepts(v), one.Allowed ?? other.Allowed);

    public static NativeRule Where(string message, Func<JsonElement, bool> accepts) => new(message, accepts);

    /// <summary>For fields that only Framegate may set.</summary>
    public static NativeRule Never(string message) => new(message, _ => false);

    public bool Accepts(JsonElement value) => _accepts(value);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
