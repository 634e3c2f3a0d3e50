using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Moderation;

/// <summary>The service that is asked about each prompt before anything is paid for it.</summary>
internal sealed class ModerationOptions
{
    public const string Section = "Framegate:Moderation";

    /// <summary>The name that asks nobody.</summary>
    public const string Nobody = "none";

    /// <summary>Which service is asked: <c>none</c> (the default) or <c>openai</c>.</summary>
    public string Service { get; set; } = Nobody;

    /// <summary>Where it is asked; an http or https URL. Default OpenAI's endpoint; with <c>--sandbox</c> the stand-in's.</summary>
    public Uri? Url { get; set; }

    /// <summary>The model that judges. Default omni-moderation-latest.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string Model { get; set; } = "omni-moderation-latest";

    /// <summary>The variable that holds its key. Default OPENAI_API_KEY.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string KeyEnv { get; set; } = "OPENAI_API_KEY";

    /// <summary>How long it is waited for. Default 5 s; 100 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What becomes of a prompt that it did not judge. Default Refuse.</summary>
    public ModerationFailure OnFailure { get; set; } = ModerationFailure.Refuse;
}

/// <summary>What becomes of a prompt that nobody judged.</summary>
internal enum ModerationFailure
{
    /// <summary>Its request is refused, to be sent again later.</summary>
    Refuse,

    /// <summary>It goes on as if it had been judged well.</summary>
    Allow,
}

[OptionsValidator]
internal sealed partial class ModerationOptionsValidator : IValidateOptions<ModerationOptions>;

/// <summary>Rules that no attribute expresses.</summary>
internal sealed class ModerationOptionsRules(IEnumerable<IPromptModerator> moderators) : IValidateOptions<ModerationOptions>
{
    public ValidateOptionsResult Validate(string? name, ModerationOptions options)
    {
        string[] known = [ModerationOptions.Nobody, .. moderators.Select(m => m.Name)];
        return !known.Contains(options.Service, StringComparer.OrdinalIgnoreCase)
            ? ValidateOptionsResult.Fail($"{ModerationOptions.Section}:Service: It must be one of {string.Join(", ", known)}.")
            : options.Url is { } url && !(url.IsAbsoluteUri && url.Scheme is "https" or "http" && url.UserInfo.Length == 0)
            ? ValidateOptionsResult.Fail($"{ModerationOptions.Section}:Url: It must be an http or https URL without user info.")
            : ValidateOptionsResult.Success;
    }
}
