using System.Net;
using System.Net.Sockets;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Forwarding;
using Yarp.ReverseProxy;

namespace Framegate.Proxy.Egress;

/// <summary>
/// Decides at connect time whether a host may be called. Hosts of the configuration always may, and the host that a job lives at; a host that only a provider's answer, or
/// a caller's image URL, names must have public addresses, so that nobody can make the gateway call into its own network.
/// </summary>
internal sealed class ConnectGuard(IProxyStateLookup proxy)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Opens a connection to an allowed address.</summary>
    /// <exception cref="HttpRequestException">The host has no allowed address, or none of them answers.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        try
        {
            var atHome = context.InitialRequestMessage.Options.TryGetValue(AdapterTransformer.AtHome, out var marked) && marked;
            return await ConnectAsync(context.DnsEndPoint, atHome, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // Told apart from a provider that does not answer: here nothing has been sent.
            throw new HttpRequestException(HttpRequestError.ConnectionError, $"{context.DnsEndPoint.Host} does not accept connections.", e);
        }
    }

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
        var addresses = IPAddress.TryParse(endpoint.Host, out var literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(endpoint.Host, cancellationToken).ConfigureAwait(false);
        if (atHome)
        {
            return addresses;
        }

        var (configured, loopbackConfigured) = Configured(endpoint.Host);
        if (configured)
        {
            return addresses;
        }

        var allowed = Array.FindAll(addresses, a => PublicUrl.IsPublicAddress(a) || (loopbackConfigured && IPAddress.IsLoopback(a)));
        return allowed.Length > 0
            ? allowed
            : throw new HttpRequestException(HttpRequestError.ConnectionError, $"{endpoint.Host} has no public address.");
    }

    /// <summary>Whether the host is a configured one, and whether any configured one is on this machine (a stand-in hands out loopback URLs).</summary>
    private (bool Configured, bool Loopback) Configured(string host)
    {
        var loopback = false;
        foreach (var cluster in proxy.GetClusters())
        {
            foreach (var destination in cluster.Destinations.Values)
            {
                var address = new Uri(destination.Model.Config.Address);
                if (string.Equals(address.IdnHost, host, StringComparison.OrdinalIgnoreCase))
                {
                    return (true, false);
                }

                loopback |= address.IsLoopback;
            }
        }

        return (false, loopback);
    }
}
