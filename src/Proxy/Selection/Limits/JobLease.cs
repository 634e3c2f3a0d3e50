using System.Threading.RateLimiting;
using Framegate.Proxy.Common.Redis;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>The place of one job at a provider's limit; one that is not acquired carries how long to wait at least.</summary>
internal sealed class JobLease : RateLimitLease, ISharedPlace
{
    private readonly ProviderLimiter? _limiter;
    private readonly CountedSubmit? _counted;
    private readonly string _client = "";
    private readonly TimeSpan? _retryAfter;
    private int _returned;

    /// <summary>A place that is taken.</summary>
    /// <param name="limiter">The limit.</param>
    /// <param name="counted">What it has counted.</param>
    /// <param name="client">Whose job it is; empty for nobody's.</param>
    public JobLease(ProviderLimiter limiter, CountedSubmit counted, string client) => (_limiter, _counted, _client) = (limiter, counted, client);

    private JobLease(TimeSpan retryAfter) => _retryAfter = retryAfter;

    /// <inheritdoc />
    public override bool IsAcquired => _limiter is not null;

    /// <inheritdoc />
    public override IEnumerable<string> MetadataNames => _retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

    /// <summary>There was no place.</summary>
    /// <param name="retryAfter">How long there is none at least.</param>
    public static JobLease Failed(TimeSpan retryAfter) => new(retryAfter);

    /// <inheritdoc />
    public override bool TryGetMetadata(string metadataName, out object? metadata)
    {
        metadata = metadataName == MetadataName.RetryAfter.Name ? _retryAfter : null;
        return metadata is not null;
    }

    /// <inheritdoc />
    public void Abandon() => Return(isAbandoned: true);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        Return(isAbandoned: false);
        base.Dispose(disposing);
    }

    private void Return(bool isAbandoned)
    {
        if (_limiter is not null && Interlocked.Exchange(ref _returned, 1) == 0)
        {
            _limiter.Release(_counted!, _client, isAbandoned);
        }
    }
}
