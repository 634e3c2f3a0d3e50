using System.Net;
using System.Net.Sockets;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Transforms.Forwarding;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy;

namespace Framegate.Proxy.Egress;

/// <summary>
/// Decides at connect time whether a host may be called at a port. What is configured always may, and the origin that a job lives at; what only a provider's answer, or
/// a caller's image URL, names must have public addresses, so that nobody can make the gateway call into its own network, nor another port of a host that it knows.
/// </summary>
internal sealed class ConnectGuard(IProxyStateLookup proxy, IOptionsMonitor<SecurityOptions> security)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Opens a connection to an allowed address.</summary>
    /// <param name="context">What is called.</param>
    /// <param name="through">The proxy that carries some of the calls, and may be anywhere; null for none. What it is to carry is checked by <see cref="CheckProxiedAsync"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">The host has no allowed address, or none of them answers.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, IWebProxy? through, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        try
        {
            var atHome = IsAtHome(context.InitialRequestMessage) || OutboundProxy.IsFor(through, context);
            return await ConnectAsync(context.DnsEndPoint, atHome, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Distinguished from a provider that does not answer: here nothing has been sent.
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"{context.DnsEndPoint.Host} does not accept connections.", e);
        }
    }

    /// <summary>Checks what a proxy is to be asked for, by the same rules. A name that only the proxy knows is the proxy's business.</summary>
    /// <exception cref="PrivateAddressException">It must not be called.</exception>
    public async ValueTask CheckProxiedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var target = request.RequestUri!;
        try
        {
            await AddressesAsync(new DnsEndPoint(target.IdnHost.Trim('[', ']'), target.Port), IsAtHome(request), cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            // Behind a proxy the names of the outside are often not known.
        }
    }

    private static bool IsAtHome(HttpRequestMessage request) => request.Options.TryGetValue(AdapterTransformer.AtHome, out var marked) && marked;

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint endpoint, bool atHome, CancellationToken cancellationToken)
    {
        var addresses = await AddressesAsync(endpoint, atHome, cancellationToken).ConfigureAwait(false);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, endpoint.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<IPAddress[]> AddressesAsync(DnsEndPoint endpoint, bool atHome, CancellationToken cancellationToken)
    {
        var isAllowed = atHome || IsNamed(endpoint.Host, endpoint.Port);
        if (!isAllowed && endpoint.Port is not (443 or >= 1024))
        {
            throw new PrivateAddressException($"Port {endpoint.Port} of {endpoint.Host} is not one that media are served at, and is not configured.");
        }

        var addresses = IPAddress.TryParse(endpoint.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken).ConfigureAwait(false);
        if (isAllowed)
        {
            return addresses;
        }

        // By its address too: a name may lead to a configured one.
        var allowed = Array.FindAll(addresses, a => PublicUrl.IsPublicAddress(a) || IsNamed(a.ToString(), endpoint.Port));
        return allowed.Length > 0
            ? allowed
            : throw new PrivateAddressException($"{endpoint.Host} has no public address, and port {endpoint.Port} of it is not configured.");
    }

    /// <summary>Whether a host is configured with this port, as a destination or among the private addresses.</summary>
    private bool IsNamed(string host, int port)
    {
        foreach (var cluster in proxy.GetClusters())
        {
            foreach (var destination in cluster.Destinations.Values)
            {
                var address = new Uri(destination.Model.Config.Address);
                if (address.Port == port && SecurityOptions.IsSameHost(address.IdnHost, host))
                {
                    return true;
                }
            }
        }

        return security.CurrentValue.Opens(host, port);
    }
}
