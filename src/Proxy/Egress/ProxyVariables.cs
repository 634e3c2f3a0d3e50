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
        foreach (var name in OutboundProxy.Variables.SelectMany(static v => new[] { v, v.ToUpperInvariant() }))
        {
            if (variable(name)?.Trim() is { Length: > 0 } value && !IsProxy(value))
            {
                candidate.Refuse(name, $"The environment variable must be a proxy like http://proxy:3128, user and password in front of an @ where it wants them; schemes are {string.Join(", ", s_schemes)}.");
            }
        }

        foreach (var name in new[] { OutboundProxy.NoProxyVariable, OutboundProxy.NoProxyVariable.ToUpperInvariant() })
        {
            if (variable(name) is { Length: > 0 } value && NoProxy.Unreadable(value) is { } entry)
            {
                candidate.Refuse(name, $"'{entry}' is no network; one is written as in 10.0.0.0/8.");
            }
        }

        return ValueTask.CompletedTask;
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
        return !place.AsSpan().ContainsAny(s_blanks) && Uri.TryCreate("http://" + place, UriKind.Absolute, out var uri) && uri is { Host.Length: > 0, Port: > 0, PathAndQuery: "/" };
    }
}
