using System.Collections.Concurrent;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Edge;

/// <summary>
/// The calls of clients that are being answered. Those whose key opens nothing any more, since it was revoked, disabled or has ended, are broken off within a second:
/// event streams, waits and downloads alike. What they have ordered goes on.
/// </summary>
internal sealed class OpenCalls(ClientKeys clients, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<HttpContext, string> _calls = new(ReferenceEqualityComparer.Instance);

    /// <summary>Follows a call to its end.</summary>
    /// <param name="context">The call.</param>
    /// <param name="key">The key that has opened it.</param>
    /// <param name="next">Answers it.</param>
    public async Task FollowAsync(HttpContext context, string key, RequestDelegate next)
    {
        _calls[context] = key;
        try
        {
            await next(context);
        }
        finally
        {
            _calls.TryRemove(context, out _);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Pause.ForAsync(Pace, time, stoppingToken);
            BreakOff();
        }
    }

    private void BreakOff()
    {
        if (_calls.IsEmpty)
        {
            return;
        }

        // Each key is looked up once, however many calls it has open.
        var opens = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var (context, key) in _calls)
        {
            if (!opens.TryGetValue(key, out var does))
            {
                opens[key] = does = clients.Find(key).Identity is not null;
            }

            // Once it has ended, its context may be another call's.
            if (!does && _calls.TryRemove(new KeyValuePair<HttpContext, string>(context, key)))
            {
                context.Abort();
            }
        }
    }
}
