using System.Globalization;
using System.Net;
using System.Net.Sockets;

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
        foreach (var entry in EntriesOf(variable))
        {
            if (entry == "*")
            {
                _all = true;
            }
            else if (NetworkOf(entry) is var (network, ofPort))
            {
                _networks.Add((network, ofPort));
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

    /// <summary>The place, from 1, of the first entry that looks like a network and is none, so that it would name nobody. The entry itself may be a secret in the wrong place.</summary>
    public static int? Unreadable(string? variable) =>
        Array.FindIndex(EntriesOf(variable), static e => e.Contains('/', StringComparison.Ordinal) && NetworkOf(e) is null) is >= 0 and var at ? at + 1 : null;

    private static string[] EntriesOf(string? variable) => (variable ?? "").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A network, as curl and Go read it: by any address in it, which is written out.</summary>
    private static (IPNetwork Network, int Port)? NetworkOf(string entry)
    {
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return null;
        }

        var (text, (bits, port)) = (entry[..slash], Split(entry[(slash + 1)..]));
        if (!IPAddress.TryParse(text, out var address) || (address.AddressFamily == AddressFamily.InterNetwork && text.Count(static c => c == '.') != 3)
            || !int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > address.GetAddressBytes().Length * 8)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= (byte)(0xFF00 >> Math.Clamp(length - (i * 8), 0, 8));
        }

        return (new IPNetwork(new IPAddress(bytes), length), port);
    }

    private static bool Fits(int port, Uri uri) => port == 0 || port == uri.Port;

    private static (string Host, int Port) Split(string entry)
    {
        var colon = entry.LastIndexOf(':');
        var isPort = colon > 0 && (entry.IndexOf(':', StringComparison.Ordinal) == colon || entry[colon - 1] == ']');
        return isPort && int.TryParse(entry[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? (entry[..colon], port) : (entry, 0);
    }
}
