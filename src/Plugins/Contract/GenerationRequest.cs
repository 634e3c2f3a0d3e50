using System.Text.Json;

namespace Framegate.Plugins.Contract;

/// <summary>A unified request, schema 2.0, checked.</summary>
public sealed record GenerationRequest
{
    /// <summary>The version of the schema that this class follows.</summary>
    public const string CurrentVersion = "2.0";

    /// <summary>The value of <see cref="Provider"/> that leaves the choice to Framegate.</summary>
    public const string AnyProvider = "auto";

    /// <summary>The version of the schema the caller wrote in. Default 2.0.</summary>
    public string SchemaVersion { get; init; } = CurrentVersion;

    /// <summary>The caller's own id for the generation; null when Framegate makes one. At most 128 characters of <c>A-Za-z0-9_.:-</c>.</summary>
    public string? RequestId { get; init; }

    /// <summary>A provider's name, or <see cref="AnyProvider"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>A model of that provider, or a model alias.</summary>
    public required string Model { get; init; }

    /// <summary>What to make. At most 131,072 characters; empty when only media are given.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>What kind of result is asked for.</summary>
    public required MediaType MediaType { get; init; }

    /// <summary>Everything that shapes the result.</summary>
    public GenerationParameters Parameters { get; init; } = GenerationParameters.None;

    /// <summary>The caller's own notes, returned as they came; an object, or undefined when none were given.</summary>
    public JsonElement Metadata { get; init; }

    /// <summary>When the caller made the request, by its own word; null when not given.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>How long the caller is ready to wait for the result. Default 300 s; 1 s to 1 h.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How often a submit may be tried; null for the configured defaults.</summary>
    public RetryConfig? Retry { get; init; }

    /// <summary>Where to send the finished response; null for nowhere.</summary>
    public Uri? CallbackUrl { get; init; }

    /// <summary>What <see cref="CallbackUrl"/> is notified of; null for the end alone.</summary>
    public CallbackEvents? CallbackEvents { get; init; }

    /// <summary>The inputs that a body of it may name by their placeholders. Default: none.</summary>
    public IReadOnlyList<HeldInput> Held { get; init; } = [];

    /// <summary>Never prints the prompt.</summary>
    /// <returns>Provider and model.</returns>
    public override string ToString() => $"{Provider}/{Model}";
}
