using System.Net;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Engine.Open;

/// <summary>Where a callback may go: https at a public host; on a gateway that serves this machine only, to this machine too.</summary>
internal static class CallbackAddress
{
    /// <summary>Why a URL is not called.</summary>
    /// <returns>Null when it may be.</returns>
    public static string? WhyRefused(Uri url, bool localGateway)
    {
        if (localGateway && url.IsLoopback)
        {
            return null;
        }

        return url.Scheme != Uri.UriSchemeHttps ? "It must be an https URL." : PublicUrl.WhyRefused(url);
    }

    /// <summary>Whether an address that a host resolves to may be called.</summary>
    public static bool IsAllowed(IPAddress address, bool localGateway) =>
        PublicUrl.IsPublicAddress(address) || (localGateway && IPAddress.IsLoopback(address));
}
