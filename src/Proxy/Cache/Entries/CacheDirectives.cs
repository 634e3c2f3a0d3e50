using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>What the request's <c>Cache-Control</c> asks for (RFC 9111, 5.2.1).</summary>
/// <param name="NoCache">Do not answer from the cache, but keep the new result.</param>
/// <param name="NoStore">Leave the cache out of it, and share no job.</param>
/// <param name="OnlyIfCached">Answer from the cache or not at all.</param>
/// <param name="MaxAge">The oldest result that will do; null for any.</param>
internal readonly record struct CacheDirectives(bool NoCache, bool NoStore, bool OnlyIfCached, TimeSpan? MaxAge)
{
    /// <summary>True when a cached result will not do, or only a young one: a job that is on its way is not joined then.</summary>
    public bool WantsNew => NoCache || MaxAge is not null;

    /// <summary>Reads the header; directives that are not known are ignored, as the RFC asks.</summary>
    public static CacheDirectives Read(StringValues header)
    {
        var directives = default(CacheDirectives);
        foreach (var value in header)
        {
            foreach (var part in (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                directives = part.ToLowerInvariant() switch
                {
                    "no-cache" => directives with { NoCache = true },
                    "no-store" => directives with { NoStore = true },
                    "only-if-cached" => directives with { OnlyIfCached = true },
                    var other when other.StartsWith("max-age=", StringComparison.Ordinal) => directives with { MaxAge = Seconds(other.AsSpan(8)) },
                    _ => directives,
                };
            }
        }

        return directives;
    }

    /// <summary>An age that cannot be read counts as zero: the caller wants no old result.</summary>
    private static TimeSpan Seconds(ReadOnlySpan<char> text) =>
        int.TryParse(text.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
        : text.Length > 9 && !text.ContainsAnyExceptInRange('0', '9') ? TimeSpan.FromSeconds(int.MaxValue)
        : TimeSpan.Zero;
}
