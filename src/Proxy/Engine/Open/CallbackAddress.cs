using System.Net;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Engine.Open;

/// <summary>Where a callback may go: https at a public host, and whatever the operator has opened by name; on a gateway that serves this machine only, to this machine too.</summary>
internal static class CallbackAddress
{
    /// <summary>Why a URL is not called.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="localGateway">Whether only this machine is served.</param>
    /// <param name="security">The addresses that the operator has opened.</param>
    /// <returns>Null when it may be.</returns>
    public static string? WhyRefused(Uri url, bool localGateway, SecurityOptions security)
    {
        if ((localGateway && url.IsLoopback) || (IsHttp(url) && security.Opens(url.IdnHost.Trim('[', ']'), url.Port)))
        {
            return null;
        }

        return url.Scheme != Uri.UriSchemeHttps ? "It must be an https URL." : PublicUrl.WhyRefused(url);
    }

    /// <summary>Whether an address that a host resolves to may be called.</summary>
    /// <param name="host">The host and port of the URL.</param>
    /// <param name="address">What it resolves to.</param>
    /// <param name="localGateway">Whether only this machine is served.</param>
    /// <param name="security">The addresses that the operator has opened.</param>
    public static bool IsAllowed(DnsEndPoint host, IPAddress address, bool localGateway, SecurityOptions security) =>
        PublicUrl.IsPublicAddress(address) || (localGateway && IPAddress.IsLoopback(address)) || security.Opens(host.Host, host.Port) || security.Opens(address.ToString(), host.Port);

    private static bool IsHttp(Uri url) => url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp;
}
