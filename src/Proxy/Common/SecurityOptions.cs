using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Common;

/// <summary>Walls that an operator may open, each by name.</summary>
internal sealed class SecurityOptions
{
    public const string Section = "Framegate:Security";

    /// <summary>Whether a gateway without client keys serves requests that came through a proxy, which are the whole world's. Default false.</summary>
    public bool AllowProxiedWithoutKey { get; set; }

    /// <summary>Private addresses that a URL of a provider or a caller may lead to, each as <c>HOST:PORT</c>. Null (the default): none but configured destinations; at most 100.</summary>
    public IReadOnlyList<string>? PrivateAddresses { get; set; }

    /// <summary>Proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c>, <c>-Host</c> and <c>-Prefix</c> count, as addresses or networks (<c>10.0.0.0/8</c>). Null (the default): none; at most 100. Read at start.</summary>
    public IReadOnlyList<string>? TrustedProxies { get; set; }

    /// <summary>Origins of web pages that may call, as in <c>https://app.example.com</c>; <c>*</c> for all, which needs client keys. Null (the default): none; at most 100.</summary>
    public IReadOnlyList<string>? Origins { get; set; }

    /// <summary>Requests that are served at once, those that wait for a result and event streams included; one more is answered with 503. Default 20000; 10 to 1000000.</summary>
    public int MaxRequestsAtOnce { get; set; } = 20_000;

    /// <summary>More request headers that native routes send on; a name may end with an asterisk. Null (the default): those of the vendors' SDKs; at most 100.</summary>
    public IReadOnlyList<string>? NativeRequestHeaders { get; set; }

    /// <summary>Whether a host stands among <see cref="PrivateAddresses"/> with this port.</summary>
    public bool Opens(string host, int port) =>
        PrivateAddresses?.Any(a => SecurityOptionsRules.Read(a) is { } named && named.Port == port && IsSameHost(named.Host, host)) == true;

    /// <summary>Whether a host is the one that was configured, by its name or by its address.</summary>
    public static bool IsSameHost(string configured, string host) =>
        string.Equals(configured, host, StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && (IPAddress.TryParse(configured.Trim('[', ']'), out var same) ? same.Equals(address)
            : configured.Equals("localhost", StringComparison.OrdinalIgnoreCase) && IPAddress.IsLoopback(address)));
}

/// <summary>Rules that no attribute expresses.</summary>
internal sealed partial class SecurityOptionsRules : IValidateOptions<SecurityOptions>
{
    private const int Most = 100;
    private const int LeastRequests = 10;
    private const int MostRequests = 1_000_000;

    /// <summary>Reads <c>HOST:PORT</c>.</summary>
    /// <returns>Null when it is none.</returns>
    public static DnsEndPoint? Read(string address)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0 && int.TryParse(address.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port) && port is > 0 and <= 65535
            && address[..colon].Trim('[', ']') is var host && Uri.CheckHostName(host) != UriHostNameType.Unknown
            ? new DnsEndPoint(host, port)
            : null;
    }

    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        var failures = new List<string>();
        Check(nameof(SecurityOptions.PrivateAddresses), options.PrivateAddresses, a => Read(a) is not null, "It must be HOST:PORT.");
        Check(nameof(SecurityOptions.NativeRequestHeaders), options.NativeRequestHeaders, Header().IsMatch, "It must be a header's name; an asterisk may end it.");
        Check(nameof(SecurityOptions.TrustedProxies), options.TrustedProxies, p => (p.AsSpan().ContainsAny(".:") && IPAddress.TryParse(p, out _)) || IPNetwork.TryParse(p, out _), "It must be an address, or a network as in 10.0.0.0/8.");
        Check(nameof(SecurityOptions.Origins), options.Origins, IsOrigin, "It must be an origin, as in https://app.example.com, or *.");
        if (options.MaxRequestsAtOnce is < LeastRequests or > MostRequests)
        {
            failures.Add($"{SecurityOptions.Section}:{nameof(SecurityOptions.MaxRequestsAtOnce)}: It must be {LeastRequests} to {MostRequests}.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        static bool IsOrigin(string text) => text == "*"
            || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && text.Equals(uri.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase));

        void Check(string list, IReadOnlyList<string>? values, Func<string, bool> isGood, string reason)
        {
            if (values?.Count > Most)
            {
                failures.Add($"{SecurityOptions.Section}:{list}: Name at most {Most}.");
            }

            for (var i = 0; i < values?.Count; i++)
            {
                if (!isGood(values[i]))
                {
                    failures.Add($"{SecurityOptions.Section}:{list}:{i}: {reason}");
                }
            }
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}\*?$")]
    private static partial Regex Header();
}
