using System.ComponentModel.DataAnnotations;
using Framegate.Proxy.Clients;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>How jobs are submitted and followed.</summary>
internal sealed class JobsOptions
{
    public const string Section = "Framegate:Jobs";

    /// <summary>Open generations at once; one more is refused with RATE_LIMIT_EXCEEDED. Default 20000; 1 to 1000000.</summary>
    [Range(1, 1_000_000)]
    public int MaxOpen { get; set; } = 20_000;

    /// <summary>Open generations of one client at once; one more is refused with RATE_LIMIT_EXCEEDED. Default 15000; 1 to 1000000.</summary>
    [Range(1, 1_000_000)]
    public int MaxOpenPerClient { get; set; } = 15_000;

    /// <summary>Submits on their way at once, to all providers. Default 1024; 1 to 10000.</summary>
    [Range(1, 10_000)]
    public int SubmitParallelism { get; set; } = 1024;

    /// <summary>Submits on their way at once to one provider; one client has three quarters of them at most. Default 342; 1 to 10000.</summary>
    [Range(1, 10_000)]
    public int SubmitsPerProvider { get; set; } = 342;

    /// <summary>Polls on their way at once, to all providers. Default 1024; 1 to 10000.</summary>
    [Range(1, 10_000)]
    public int PollParallelism { get; set; } = 1024;

    /// <summary>Polls on their way at once to one provider; for one client's jobs three quarters of them at most. Default 342; 1 to 10000.</summary>
    [Range(1, 10_000)]
    public int PollsPerProvider { get; set; } = 342;

    /// <summary>Downloads of results on their way at once. Default 128; 1 to 1000.</summary>
    [Range(1, 1_000)]
    public int DownloadParallelism { get; set; } = 128;

    /// <summary>Downloads of results on their way at once from one host; one client has three quarters of them at most. Default 44; 1 to 1000.</summary>
    [Range(1, 1_000)]
    public int DownloadsPerHost { get; set; } = 44;

    /// <summary>How long a job is still followed after the caller's time is over, to catch what has been paid for. Also how long a finished result is tried to be
    /// fetched where its address does not state when it expires, a minute at least. Default 1 h; 0 to 1 d.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan LateResultWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a provider may report an accepted job as unknown. Default 30 s; 0 to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan NotFoundGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a submit whose answer was lost is looked for at the provider. Where what became of it can be known for certain, it is asked for until the
    /// deadline, if that is later. Default 15 s; 0 to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan FindWindow { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long finished generations are kept. Default 7 d; 1 h to 3650 d.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>What is stored of prompts and parameters, to be listed, searched and asked for again by their client. Default Full. A client's own setting wins.</summary>
    public PromptStorage Prompts { get; set; } = PromptStorage.Full;

    /// <summary>How long after its answer was lost, or left open whether a job was paid, an order is joined by a request for the same. Default 5 min; 0 to 1 h,
    /// 0 for never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RepeatWindow { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Submits in all for one request, unless it sets another number. Default 3; 1 to 10.</summary>
    [Range(1, 10)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>Pause before the second submit; it doubles from then on. Default 500 ms; 0 to 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How providers reach Framegate, so that those which can are asked to call back about each job: an https URL, or any of this machine. Null (the
    /// default): nobody is asked to.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Longest pause between two submits. Default 8 s; 0 to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan RetryMaxDelay { get; set; } = TimeSpan.FromSeconds(8);
}

[OptionsValidator]
internal sealed partial class JobsOptionsValidator : IValidateOptions<JobsOptions>;

/// <summary>The bounds that hold between two values.</summary>
internal sealed class JobsOptionsRules : IValidateOptions<JobsOptions>
{
    public ValidateOptionsResult Validate(string? name, JobsOptions options) =>
        options.RetryBaseDelay > options.RetryMaxDelay ? ValidateOptionsResult.Fail($"{JobsOptions.Section}:RetryBaseDelay: It must not be longer than RetryMaxDelay.")
        : options.PublicUrl is { } url && !(url.IsAbsoluteUri && url.Query.Length + url.UserInfo.Length == 0 && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            ? ValidateOptionsResult.Fail($"{JobsOptions.Section}:PublicUrl: It must be an https URL like https://framegate.example.com, without user info and query.")
        : ValidateOptionsResult.Success;
}
