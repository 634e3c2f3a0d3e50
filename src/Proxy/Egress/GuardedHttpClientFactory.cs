using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Egress;

/// <summary>YARP's clients, with a guarded connect, and through the proxy of the cluster (<c>HttpClient:WebProxy</c>) or of the environment.</summary>
internal sealed class GuardedHttpClientFactory(ILogger<ForwarderHttpClientFactory> logger, Lazy<ConnectGuard> guard, ProviderKeys keys) : ForwarderHttpClientFactory(logger)
{
    /// <summary>How long a connection takes new calls; after it a name that leads elsewhere by now is looked up again.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(2);

    private readonly IWebProxy? _environment = OutboundProxy.OfEnvironment();

    /// <inheritdoc />
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        if (!handler.UseProxy && _environment is not null)
        {
            (handler.UseProxy, handler.Proxy) = (true, _environment);
        }

        var proxy = handler.UseProxy ? handler.Proxy : null;
        OutboundProxy.LogIn(proxy);
        handler.ConnectCallback = (connection, cancellationToken) => guard.Value.ConnectAsync(connection, proxy, cancellationToken);
        handler.PooledConnectionLifetime = Lifetime;

        // A submit on a connection that the provider has just closed has an unknown outcome; providers keep idle ones for a minute or more.
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30);
        handler.AutomaticDecompression = DecompressionMethods.None;
        handler.ActivityHeadersPropagator = null;
        SentOnce.Watch(handler);
    }

    /// <inheritdoc />
    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new ProbeHandler(
            new ProxiedCalls(
                new SubmitHandler(base.WrapHandler(context, handler)),
                handler is SocketsHttpHandler { UseProxy: true } sockets ? sockets.Proxy : null,
                (request, cancellationToken) => guard.Value.CheckProxiedAsync(request, cancellationToken)),
            keys);
}
