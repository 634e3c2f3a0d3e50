using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>How finished generations are delivered to the <c>callback_url</c> of their request.</summary>
internal sealed class CallbackOptions
{
    public const string Section = "Framegate:Webhooks";

    /// <summary>How long one delivery may take. Default 15 s; 1 s to 2 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Deliveries in all before one is given up. Default 12, the last of them after some 23 h; 1 to 30.</summary>
    [Range(1, 30)]
    public int MaxAttempts { get; set; } = 12;

    /// <summary>Pause after the first failed delivery; it triples from then on, up to 6 h. Default 5 s; 100 ms to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Deliveries at once. Default 256; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int Parallelism { get; set; } = 256;

    /// <summary>Deliveries at once to one receiver, by host and port; one alone while it fails. Default 32; 1 to 1000.</summary>
    [Range(1, 1000)]
    public int PerReceiver { get; set; } = 32;

    /// <summary>The environment variables that hold the secrets, newest first; each signs every delivery. Null for FRAMEGATE_WEBHOOK_SECRET alone; at most 5.</summary>
    public IReadOnlyList<string>? SecretEnvs { get; set; }
}

[OptionsValidator]
internal sealed partial class CallbackOptionsValidator : IValidateOptions<CallbackOptions>;

/// <summary>Every variable that is named holds a secret.</summary>
internal sealed class CallbackOptionsRules : IValidateOptions<CallbackOptions>
{
    public ValidateOptionsResult Validate(string? name, CallbackOptions options)
    {
        var failures = Clients.SecretVariables.Check($"{CallbackOptions.Section}:{nameof(CallbackOptions.SecretEnvs)}", options.SecretEnvs);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
