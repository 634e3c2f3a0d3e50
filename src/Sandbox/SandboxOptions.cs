namespace Framegate.Sandbox;

/// <summary>How the stand-in providers behave.</summary>
public sealed record SandboxOptions
{
    /// <summary>The address to serve all providers at, each under its own path (<c>/flux</c>, <c>/sora</c> and so on); port 0 takes a free one.
    /// Loopback and plain http only. Default null: every provider gets a free loopback port of its own.</summary>
    public Uri? Url { get; init; }

    /// <summary>The clock that jobs and expiry dates follow. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Required API key by provider name. A provider that is not listed accepts any non-empty key in the right header.
    /// Default: empty. A name that no provider has fails the start.</summary>
    public IReadOnlyDictionary<string, string> Keys { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long an image job takes. Default 0.5 s; zero finishes at once.</summary>
    public TimeSpan ImageTime { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long a video job takes. Default 2 s; zero finishes at once.</summary>
    public TimeSpan VideoTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a finished result can be fetched. Default null: what the provider documents (Flux images 10 min,
    /// FLUX 3 video 2 h, Sora 1 h, Veo files 2 d, Runway links 24 h from each poll, fal 7 d; the others as their stand-ins set it: mostly 1 h or 24 h).</summary>
    public TimeSpan? ResultLifetime { get; init; }

    /// <summary>Unfinished tasks an account may have: further ones are answered 429 by Flux and wait as THROTTLED at Runway. Default 1000,
    /// at least 1. The live services allow 24 (docs.bfl.ai, integration guidelines) and 1 to 20 (docs.dev.runwayml.com, usage/tiers);
    /// the default is higher so that load tests run.</summary>
    public int MaxActiveTasks { get; init; } = 1000;

    /// <summary>Source of ids, regions and unspecified seeds. Default null: unpredictable. Give a seeded one for repeatable runs.</summary>
    public Random? Random { get; init; }
}
