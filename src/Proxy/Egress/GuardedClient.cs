namespace Framegate.Proxy.Egress;

/// <summary>Calls what is no provider: only addresses that the guard allows, through the environment's proxy where there is one, and no redirect is followed.</summary>
internal static class GuardedClient
{
    /// <summary>Makes one, without a time-out of its own.</summary>
    /// <param name="guard">Decides where it may connect to.</param>
    /// <param name="largestAnswer">The largest answer that is read whole, bytes; null where answers are read as streams.</param>
    public static HttpClient Create(ConnectGuard guard, int? largestAnswer = null)
    {
        var proxy = OutboundProxy.OfEnvironment();
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy,
            ActivityHeadersPropagator = null,
            ConnectCallback = (connection, cancellationToken) => guard.ConnectAsync(connection, proxy, cancellationToken),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        };
        var client = new HttpClient(new ProxiedCalls(sockets, proxy, guard.CheckProxiedAsync)) { Timeout = Timeout.InfiniteTimeSpan };
        if (largestAnswer is { } largest)
        {
            client.MaxResponseContentBufferSize = largest;
        }

        return client;
    }
}
