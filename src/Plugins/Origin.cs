namespace Framegate.Plugins;

/// <summary>Compares where URLs lead.</summary>
public static class Origin
{
    /// <summary>Whether two URLs have the same scheme, host and port.</summary>
    /// <param name="a">An absolute URL.</param>
    /// <param name="b">Another.</param>
    /// <returns>True when a key meant for one may go to the other.</returns>
    public static bool Same(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.IdnHost, b.IdnHost, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a URL is https, on its own port, at a host or one of its subdomains.</summary>
    /// <param name="url">An absolute URL.</param>
    /// <param name="domain">A domain, as in <c>bfl.ai</c>.</param>
    /// <returns>True for the domain itself and everything below it.</returns>
    public static bool IsWithin(Uri url, string domain) =>
        url.Scheme == Uri.UriSchemeHttps && url.IsDefaultPort
        && (string.Equals(url.IdnHost, domain, StringComparison.OrdinalIgnoreCase)
            || url.IdnHost.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether two URLs are plain http on this machine, as a stand-in provider and its answers are.</summary>
    /// <param name="a">An absolute URL.</param>
    /// <param name="b">Another.</param>
    /// <returns>True when both lead to a loopback address over http; ports may differ.</returns>
    public static bool BothLoopback(Uri a, Uri b) =>
        a.Scheme == Uri.UriSchemeHttp && b.Scheme == Uri.UriSchemeHttp && a.IsLoopback && b.IsLoopback;
}
