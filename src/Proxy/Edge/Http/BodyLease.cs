namespace Framegate.Proxy.Edge.Http;

/// <summary>What one request holds of <see cref="BodyBudget"/>, until it is answered, or, where it has become a job, until a provider has that.</summary>
internal sealed class BodyLease(BodyBudget budget, string client, long bytes)
{
    private readonly Lock _lock = new();
    private long _bytes = bytes;
    private Task? _needed;

    /// <summary>The one of a request.</summary>
    /// <returns>Null when its body is small.</returns>
    public static BodyLease? Of(HttpContext context) => context.Features.Get<BodyLease>();

    /// <summary>Has it held until this ends, which may be after the answer, or before.</summary>
    /// <returns>Ends when it has been given back.</returns>
    public Task HoldUntil(Task needed) => _needed = ReleaseAfterAsync(needed);

    /// <summary>Takes more.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryGrow(long more)
    {
        lock (_lock)
        {
            if (!budget.TryGrow(client, more))
            {
                return false;
            }

            _bytes += more;
            return true;
        }
    }

    /// <summary>Gives back a part: it does not lie in memory any more.</summary>
    public void Shrink(long less)
    {
        lock (_lock)
        {
            less = Math.Min(less, _bytes);
            if (less > 0)
            {
                budget.Leave(client, less);
                _bytes -= less;
            }
        }
    }

    /// <summary>The request is answered.</summary>
    public void Answered()
    {
        if (_needed is null)
        {
            Release();
        }
    }

    private async Task ReleaseAfterAsync(Task needed)
    {
        await needed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Release();
    }

    private void Release()
    {
        lock (_lock)
        {
            if (_bytes > 0)
            {
                budget.Leave(client, _bytes);
                _bytes = 0;
            }
        }
    }
}
