using System.Globalization;
using System.Net;

namespace Framegate.Proxy.Egress;

/// <summary>
/// The hosts that <c>NO_PROXY</c> names, as curl and Go read it: <c>*</c> for all; a host and all below it, with or without a dot before it; an address; a network
/// (<c>10.0.0.0/8</c>); each with a port if it is only for that. The framework knows hosts and dots only.
/// </summary>
internal sealed class NoProxy
{
    private readonly List<(string Host, int Port)> _hosts = [];
    private readonly List<(IPNetwork Network, int Port)> _networks = [];
    private readonly bool _all;

    /// <summary>Reads the variable; null or blank is nobody.</summary>
    public NoProxy(string? variable)
    {
        foreach (var entry in (variable ?? "").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (entry == "*")
            {
                _all = true;
            }
            else if (IPNetwork.TryParse(entry, out var network))
            {
                _networks.Add((network, 0));
            }
            else
            {
                var (host, port) = Split(entry);
                if (IPAddress.TryParse(host.Trim('[', ']'), out var address))
                {
                    _networks.Add((new IPNetwork(address, address.GetAddressBytes().Length * 8), port));
                }
                else
                {
                    _hosts.Add((host.TrimStart('*').TrimStart('.'), port));
                }
            }
        }
    }

    /// <summary>Whether an address is called without a proxy.</summary>
    public bool Names(Uri uri)
    {
        if (_all)
        {
            return true;
        }

        var host = uri.IdnHost.Trim('[', ']').TrimEnd('.');
        return IPAddress.TryParse(host, out var address)
            ? _networks.Exists(n => Fits(n.Port, uri) && n.Network.Contains(address))
            : _hosts.Exists(h => h.Host.Length > 0 && Fits(h.Port, uri)
                && (host.Equals(h.Host, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + h.Host, StringComparison.OrdinalIgnoreCase)));
    }

    private static bool Fits(int port, Uri uri) => port == 0 || port == uri.Port;

    private static (string Host, int Port) Split(string entry)
    {
        var colon = entry.LastIndexOf(':');
        var isPort = colon > 0 && (entry.IndexOf(':', StringComparison.Ordinal) == colon || entry[colon - 1] == ']');
        return isPort && int.TryParse(entry[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? (entry[..colon], port) : (entry, 0);
    }
}
