using System.ComponentModel.DataAnnotations;
using Framegate.Proxy.Common.Redis;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>Which finished results are kept to answer the same request again. All of it but <see cref="Redis"/> may change while the program runs.</summary>
internal sealed class CacheOptions
{
    public const string Section = "Framegate:Cache";

    /// <summary>The longest that an entry may answer.</summary>
    public static readonly TimeSpan LongestTtl = TimeSpan.FromDays(365);

    /// <summary>False: no request is answered from the cache, and identical requests do not share a job. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What is evicted when memory is full. Default LRU.</summary>
    [EnumDataType(typeof(EvictionStrategy))]
    public EvictionStrategy Strategy { get; set; } = EvictionStrategy.Lru;

    /// <summary>Entries in memory; with TTL only <see cref="MaxBytes"/> counts. Default 100000; 16 to 10000000.</summary>
    [Range(16, 10_000_000)]
    public int MaxEntries { get; set; } = 100_000;

    /// <summary>Bytes that entries may take in memory, their media not included. Default 64 MiB; 64 KiB to 64 GiB.</summary>
    [Range(64L * 1024, 64L * 1024 * 1024 * 1024)]
    public long MaxBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long an entry answers, in seconds or as <c>[d.]hh:mm:ss</c>. Default 3600 s; 1 s to 365 d.</summary>
    public CacheTtl Ttl { get; set; } = new(TimeSpan.FromHours(1));

    /// <summary>Who may be answered with whose results. Default <c>Client</c>.</summary>
    [EnumDataType(typeof(CacheScope))]
    public CacheScope Scope { get; set; } = CacheScope.Client;

    /// <summary>The Redis that shares results, as <see cref="RedisAddress"/> reads it. Null (the default): that of <c>Framegate:Redis</c>. Read at start.</summary>
    public string? Redis { get; set; }

    /// <summary>The largest file that is shared through <see cref="Redis"/>; results with a larger one stay in the replica that made them.
    /// Default 32 MiB; 0 to 512 MiB.</summary>
    [Range(0L, 512L * 1024 * 1024)]
    public long RedisMediaMaxBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>Whether a request without a seed is answered from the cache and shares the job of an equal one. Null (the default): as its dialect has it.</summary>
    public bool? Unseeded { get; set; }

    /// <summary>What differs for a dialect. Goes before <see cref="Unseeded"/>.</summary>
    public DialectCacheOptions Dialects { get; set; } = new();

    /// <summary>What differs for a client, by its name. Goes before <see cref="Dialects"/>. Default: nothing.</summary>
    public Dictionary<string, UnseededOverride> Clients { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What differs for a model (<c>flux/flux-pro-1.1</c>) or for an alias (its name). Default: nothing.</summary>
    public Dictionary<string, CacheOverride> Models { get; set; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>What differs for one model or alias.</summary>
internal sealed class CacheOverride
{
    /// <summary>Null: as for all.</summary>
    public bool? Enabled { get; set; }

    /// <summary>Null: as for all.</summary>
    public CacheTtl? Ttl { get; set; }

    /// <summary>Null: as for the client. Goes before every other <c>Unseeded</c>.</summary>
    public bool? Unseeded { get; set; }
}

/// <summary>What differs for each dialect.</summary>
internal sealed class DialectCacheOptions
{
    /// <summary><c>/generations</c>; true unless configured otherwise.</summary>
    public UnseededOverride Unified { get; set; } = new();

    /// <summary><c>/v1</c>; false unless configured otherwise: its callers make several pictures by asking several times.</summary>
    public UnseededOverride OpenAi { get; set; } = new();
}

/// <summary>What differs for one dialect or client.</summary>
internal sealed class UnseededOverride
{
    /// <summary>Null: as for all.</summary>
    public bool? Unseeded { get; set; }
}

[OptionsValidator]
internal sealed partial class CacheOptionsValidator : IValidateOptions<CacheOptions>;

/// <summary>Rules that no attribute expresses.</summary>
internal sealed class CacheOptionsRules : IValidateOptions<CacheOptions>
{
    public ValidateOptionsResult Validate(string? name, CacheOptions options)
    {
        var failures = new List<string>();
        Check(options.Ttl, "Ttl");
        foreach (var (model, changes) in options.Models)
        {
            if (changes.Ttl is { } ttl)
            {
                Check(ttl, $"Models:{model}:Ttl");
            }
        }

        if (options.Redis is { } redis && !RedisAddress.TryRead(redis, out _))
        {
            failures.Add($"{CacheOptions.Section}:Redis: {RedisAddress.Expected}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(CacheTtl ttl, string path)
        {
            if (ttl.Value < TimeSpan.FromSeconds(1) || ttl.Value > CacheOptions.LongestTtl)
            {
                failures.Add($"{CacheOptions.Section}:{path}: It must be 1 s to 365 d; a plain number is in seconds.");
            }
        }
    }
}
