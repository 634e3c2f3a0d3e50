using System.Net;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Egress;

/// <summary>YARP's clients, with a guarded connect.</summary>
internal sealed class GuardedHttpClientFactory(ILogger<ForwarderHttpClientFactory> logger, Lazy<ConnectGuard> guard, ProviderKeys keys) : ForwarderHttpClientFactory(logger)
{
    /// <inheritdoc />
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectCallback = (connection, cancellationToken) => guard.Value.ConnectAsync(connection, cancellationToken);

        // A submit on a connection that the provider has just closed has an unknown outcome; providers keep idle ones for a minute or more.
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30);
        handler.AutomaticDecompression = DecompressionMethods.None;
        handler.ActivityHeadersPropagator = null;
    }

    /// <inheritdoc />
    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) =>
        new ProbeHandler(new SubmitHandler(base.WrapHandler(context, handler)), keys);
}
