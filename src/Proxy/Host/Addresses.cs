using System.Net;

namespace Framegate.Proxy.Host;

/// <summary>Checks where to listen.</summary>
internal static class Addresses
{
    /// <summary>Refuses to serve other machines without a client key, and https without a certificate.</summary>
    /// <exception cref="StartupException">An address is not a URL, not loopback although there is no key, or https although there is no certificate.</exception>
    public static void Check(string urls, bool hasClientKey, bool hasCertificate)
    {
        var all = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (all.Length == 0)
        {
            throw new StartupException("--urls: It names no address; one is like http://127.0.0.1:8080.");
        }

        foreach (var url in all)
        {
            // '*' and '+' are Kestrel's words for every address; Uri knows neither.
            if (!Uri.TryCreate(url.Replace("://*", "://0.0.0.0").Replace("://+", "://0.0.0.0"), UriKind.Absolute, out var address)
                || address.Scheme is not ("http" or "https"))
            {
                throw new StartupException($"--urls: '{url}' is not a URL like http://127.0.0.1:8080.");
            }

            if (address is not { UserInfo: "", AbsolutePath: "/", Query: "", Fragment: "" })
            {
                throw new StartupException("--urls: An address is like http://127.0.0.1:8080, with no path, user or query. A path in front of a proxy belongs into Framegate:Media:PublicUrl.");
            }

            if (address.Scheme == Uri.UriSchemeHttps && !hasCertificate)
            {
                throw new StartupException($"--urls: {url} needs a certificate; name it in Framegate:Tls:Certificate, and its key in Framegate:Tls:Key.");
            }

            // As the server reads it: it listens everywhere for a name that it does not know, one that means this machine elsewhere included.
            var host = BindingAddress.Parse(url).Host;
            var loopback = host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var ip) && IPAddress.IsLoopback(ip));
            if (!loopback && !hasClientKey)
            {
                throw new StartupException(
                    $"--urls: {url} can be reached from other machines. Set FRAMEGATE_CLIENT_KEY (clients then send it as a bearer token) or name clients in Framegate:Clients, or listen on 127.0.0.1.");
            }
        }
    }
}
