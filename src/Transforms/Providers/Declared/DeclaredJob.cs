using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>What is kept with every job of a declared provider.</summary>
internal static class DeclaredJob
{
    /// <summary>The name of the operation that started it.</summary>
    public const string Operation = "operation";

    /// <summary>Which question comes next; nothing for the poll.</summary>
    public const string Step = "step";

    /// <summary>There once an answer that may come from the way has called the job failed; the next such answer ends it.</summary>
    public const string Unconfirmed = "doubt";

    /// <summary>How long after the first such answer the next one counts: a way that is broken for a moment is mended by then.</summary>
    public static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(15);

    /// <summary>What to report of a job that the provider does not know.</summary>
    public static ProviderFailure NotFound(string title) =>
        new(ErrorCode.ProviderError, $"{title} does not know the job.") { Acceptance = Acceptance.Yes, Billed = Billed.Unknown };

    /// <summary>A moment as an answer writes it.</summary>
    public static DateTimeOffset? Moment(JsonElement value, string form) => form switch
    {
        "ms" => value.AnyWhole() is > 0 and < 253_402_300_799_999 and var ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
        "s" => value.AnyNumber() is > 0 and < 253_402_300_799 and var s ? DateTimeOffset.FromUnixTimeMilliseconds((long)(s * 1000)) : null,
        _ => DateTimeOffset.TryParse(value.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null,
    };
}
