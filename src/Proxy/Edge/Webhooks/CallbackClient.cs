using System.Net;
using System.Net.Sockets;
using Framegate.Proxy.Egress;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>Calls receivers: only at addresses that are allowed, through the environment's proxy where there is one, and no redirect is followed.</summary>
internal static class CallbackClient
{
    /// <summary>Makes one.</summary>
    /// <param name="isAllowed">Whether an address that a receiver's name leads to may be called.</param>
    public static HttpClient Create(Func<DnsEndPoint, IPAddress, bool> isAllowed)
    {
        var proxy = OutboundProxy.OfEnvironment();
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectCallback = async (context, cancellationToken) =>
            {
                var isProxy = OutboundProxy.IsFor(proxy, context);
                var addresses = await AddressesAsync(context.DnsEndPoint, (host, address) => isProxy || isAllowed(host, address), cancellationToken);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new HttpClient(new ProxiedCalls(sockets, proxy, (request, cancellationToken) => CheckAsync(request, isAllowed, cancellationToken)))
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private static async ValueTask CheckAsync(HttpRequestMessage request, Func<DnsEndPoint, IPAddress, bool> isAllowed, CancellationToken cancellationToken)
    {
        try
        {
            await AddressesAsync(new DnsEndPoint(request.RequestUri!.IdnHost.Trim('[', ']'), request.RequestUri.Port), isAllowed, cancellationToken);
        }
        catch (SocketException)
        {
            // Behind a proxy the names of the outside are often not known.
        }
    }

    private static async Task<IPAddress[]> AddressesAsync(DnsEndPoint host, Func<DnsEndPoint, IPAddress, bool> isAllowed, CancellationToken cancellationToken)
    {
        var allowed = Array.FindAll(await Dns.GetHostAddressesAsync(host.Host, cancellationToken), a => isAllowed(host, a));
        return allowed.Length > 0 ? allowed : throw new PrivateAddressException("its host has no public address");
    }
}
