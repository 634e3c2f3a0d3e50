using System.Buffers;
using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Egress;

/// <summary>
/// Checks the variables that name a proxy. The framework passes over one that it cannot read, and calls go past the proxy that somebody wanted. Values are not shown: a password may be in them.
/// </summary>
internal sealed class ProxyVariables(Func<string, string?> variable) : IConfigurationRule
{
    private static readonly SearchValues<char> s_blanks = SearchValues.Create(" \t\r\n");
    private static readonly string[] s_schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    /// <summary>Those of this process.</summary>
    public ProxyVariables()
        : this(Environment.GetEnvironmentVariable)
    {
    }

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        // As the framework looks: small letters before capitals, and the one for all only where one of the others is missing.
        var (http, https) = (Check(OutboundProxy.Variables[0], candidate), Check(OutboundProxy.Variables[1], candidate));
        var all = http && https ? Named(OutboundProxy.Variables[2]) is not null : Check(OutboundProxy.Variables[2], candidate);
        if ((http || https || all) && Named(OutboundProxy.NoProxyVariable) is var (name, value) && NoProxy.Unreadable(value) is { } entry)
        {
            candidate.Refuse(name, $"Entry {entry} has a slash and is no network; one is written as in 10.0.0.0/8.");
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Refuses a variable that is looked at and cannot be read.</summary>
    /// <returns>Whether it names a proxy.</returns>
    private bool Check(string name, ConfigurationCandidate candidate)
    {
        if (Named(name) is not var (set, value))
        {
            return false;
        }

        if (!IsProxy(value))
        {
            candidate.Refuse(set, $"The environment variable must be a proxy like http://proxy:3128, user and password in front of an @ where it wants them; schemes are {string.Join(", ", s_schemes)}.");
        }

        return true;
    }

    /// <summary>The variable that is looked at, of the two that there are of a name.</summary>
    private (string Name, string Value)? Named(string name)
    {
        foreach (var either in new[] { name, name.ToUpperInvariant() })
        {
            if (variable(either)?.Trim() is { Length: > 0 } value)
            {
                return (either, value);
            }
        }

        return null;
    }

    private static bool IsProxy(string value)
    {
        var end = value.IndexOf("://", StringComparison.Ordinal);
        if (end >= 0 && !s_schemes.Contains(value[..end], StringComparer.OrdinalIgnoreCase))
        {
            return false;
        }

        // User and password are the framework's to read: what stands before the last @.
        var rest = end < 0 ? value : value[(end + 3)..];
        var place = rest[(rest.LastIndexOf('@') + 1)..];
        return !place.AsSpan().ContainsAny(s_blanks) && Uri.TryCreate("http://" + place, UriKind.Absolute, out var uri) && uri is { Host.Length: > 0, Port: > 0 };
    }
}
