using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>The OpenAI dialect under <c>/v1</c>.</summary>
internal sealed class OpenAiOptions
{
    public const string Section = "Framegate:OpenAi";

    /// <summary>How long a call for images waits for its result. Default 10 min, as OpenAI's SDKs do; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ImageTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a video may take. Default 1 h; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan VideoTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How often clients are asked to poll a video. Default 2 s; 100 ms to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause between two signs of life on an event stream. Default 15 s; 1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Pause between two signs of life on a JSON answer that is waited for. The first one fixes the status 200, whatever becomes of the job. Null (the default)
    /// for none; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan? HeldKeepAlive { get; set; }

    /// <summary>Models and aliases, as callers name them, whose images are answered as links where a call sets no format; <c>*</c> for all. Null (the default):
    /// <c>dall-e-2</c> and <c>dall-e-3</c>, as at OpenAI.</summary>
    public IReadOnlyList<string>? UrlByDefault { get; set; }
}

[OptionsValidator]
internal sealed partial class OpenAiOptionsValidator : IValidateOptions<OpenAiOptions>;
