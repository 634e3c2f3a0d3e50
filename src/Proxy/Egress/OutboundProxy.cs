using System.Net;

namespace Framegate.Proxy.Egress;

/// <summary>
/// The proxy that the environment names for calls to the outside (<c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>ALL_PROXY</c>, without it to <c>NO_PROXY</c>). This machine is
/// always called without: stand-ins run on it.
/// </summary>
internal sealed class OutboundProxy(IWebProxy inner, NoProxy except) : IWebProxy
{
    /// <summary>The variable that names hosts which are called without a proxy.</summary>
    public const string NoProxyVariable = "no_proxy";

    /// <summary>The variables that name a proxy; in capitals, too.</summary>
    public static readonly IReadOnlyList<string> Variables = ["http_proxy", "https_proxy", "all_proxy"];

    /// <inheritdoc />
    public ICredentials? Credentials
    {
        get => inner.Credentials;
        set => inner.Credentials = value;
    }

    /// <summary>The environment's proxy. The variables are read once.</summary>
    /// <returns>Null when it names none.</returns>
    public static IWebProxy? OfEnvironment() => Variables.Any(static v => Variable(v) is not null)
        ? new OutboundProxy(HttpClient.DefaultProxy, new NoProxy(Variable(NoProxyVariable)))
        : null;

    /// <summary>
    /// Lets a proxy that is named with user and password be given them; the framework does so for those of the environment only. <c>${VARIABLE}</c> in them stands for an
    /// environment variable, as it is.
    /// </summary>
    public static void LogIn(IWebProxy? proxy)
    {
        if (proxy is WebProxy { Credentials: null, Address: { UserInfo: { Length: > 0 } login } } named)
        {
            var parts = login.Split(':', 2);
            named.Credentials = new NetworkCredential(Part(parts[0]), Part(parts.ElementAtOrDefault(1) ?? ""));
        }

        static string Part(string text) => AddressVariables.Values(Uri.UnescapeDataString(text));
    }

    /// <summary>The proxy on the way to an address; null for none.</summary>
    public static Uri? OnTheWay(IWebProxy? proxy, Uri target) => proxy is null || proxy.IsBypassed(target) ? null : proxy.GetProxy(target);

    /// <summary>Whether a connection that is opened leads to the proxy and not to the address that is called.</summary>
    public static bool IsFor(IWebProxy? proxy, SocketsHttpConnectionContext connection) =>
        proxy is not null
        && connection.InitialRequestMessage is { RequestUri: { } target } request

        // A tunnel is asked for by a request of the client's own, which has the proxy's address.
        && (request.Method == HttpMethod.Connect ? target : OnTheWay(proxy, target)) is { } way
        && way.Port == connection.DnsEndPoint.Port
        && way.IdnHost.Trim('[', ']').Equals(connection.DnsEndPoint.Host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc />
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : inner.GetProxy(destination);

    /// <inheritdoc />
    public bool IsBypassed(Uri host) => host.IsLoopback || except.Names(host) || inner.IsBypassed(host);

    private static string? Variable(string name) =>
        new[] { name, name.ToUpperInvariant() }.Select(Environment.GetEnvironmentVariable).FirstOrDefault(v => !string.IsNullOrWhiteSpace(v));
}
