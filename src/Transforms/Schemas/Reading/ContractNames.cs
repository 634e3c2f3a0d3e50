using System.Collections.Frozen;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>The names on the wire of the enums that a request holds. Tables, since reading them from the attributes would need reflection.</summary>
internal static class ContractNames
{
    public static IReadOnlyList<string> MediaTypes { get; } = ["image", "video", "audio", "text"];

    public static IReadOnlyList<string> ErrorCodes { get; } =
    [
        "INVALID_REQUEST", "INVALID_MODEL", "AUTHENTICATION_FAILED", "INSUFFICIENT_CREDITS", "CONTENT_POLICY_VIOLATION",
        "RATE_LIMIT_EXCEEDED", "PROVIDER_ERROR", "NETWORK_ERROR", "TIMEOUT", "UNKNOWN_ERROR",
    ];

    /// <summary>The fields of a 2.0 request.</summary>
    public static IReadOnlyList<string> RequestFields { get; } =
    [
        "schema_version", "request_id", "provider", "model", "prompt", "media_type", "parameters", "metadata", "timestamp", "timeout",
        "retry_config", "callback_url", "callback_events",
    ];

    public static IReadOnlyList<string> RetryFields { get; } = ["max_attempts", "base_delay_ms", "max_delay_ms", "jitter", "retry_on", "max_cost"];

    /// <summary>In the order of the flags of <see cref="Plugins.Contract.CallbackEvents"/>.</summary>
    public static IReadOnlyList<string> CallbackEventNames { get; } = ["generation.completed", "generation.failed", "generation.progress"];

    public static FrozenSet<string> RequestFieldSet { get; } = RequestFields.ToFrozenSet(StringComparer.Ordinal);

    public static FrozenSet<string> RetryFieldSet { get; } = RetryFields.ToFrozenSet(StringComparer.Ordinal);

    public static FrozenSet<string> ParameterSet { get; } = NeutralParameter.Names.ToFrozenSet(StringComparer.Ordinal);

    public static MediaType? ToMediaType(string name) => IndexOf(MediaTypes, name) is >= 0 and var index ? (MediaType)index : null;

    public static ErrorCode? ToErrorCode(string name) => IndexOf(ErrorCodes, name) is >= 0 and var index ? (ErrorCode)index : null;

    public static CallbackEvents? ToCallbackEvent(string name) => IndexOf(CallbackEventNames, name) is >= 0 and var index ? (CallbackEvents)(1 << index) : null;

    public static IEnumerable<string> NamesOf(CallbackEvents events) => CallbackEventNames.Where((_, i) => ((int)events & (1 << i)) != 0);

    public static string NameOf(MediaType type) => MediaTypes[(int)type];

    public static string NameOf(ErrorCode code) => ErrorCodes[(int)code];

    // The lists are in the order of the enums; a test compares both with what the serialiser writes.
    private static int IndexOf(IReadOnlyList<string> names, string name)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (string.Equals(names[i], name, StringComparison.Ordinal))
            {
                return i;
            }
        }

        return -1;
    }
}
