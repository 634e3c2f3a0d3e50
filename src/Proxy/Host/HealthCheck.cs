using System.Net;
using System.Net.Security;

namespace Framegate.Proxy.Host;

/// <summary><c>health</c>: asks a running Framegate on this machine whether it is alive. Container images have no curl.</summary>
internal static class HealthCheck
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Asks at the first address.</summary>
    /// <returns>0 when it is.</returns>
    public static async Task<int> RunAsync(string urls, CancellationToken cancellationToken)
    {
        // It asks this machine: neither a proxy, nor the name in a certificate, nor who has signed it matters.
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable);
        using var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        if (await WhyNotAsync(client, urls, HttpVersion.Version11, limit.Token) is not { } reason)
        {
            return 0;
        }

        // A listener may have been set to HTTP/2 alone.
        if (await WhyNotAsync(client, urls, HttpVersion.Version20, limit.Token) is null)
        {
            return 0;
        }

        await Console.Error.WriteLineAsync(reason);
        return 1;
    }

    private static async Task<string?> WhyNotAsync(HttpClient client, string urls, Version version, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(urls)) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? null : $"It answers {(int)response.StatusCode}.";
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or UriFormatException)
        {
            return e.Message;
        }
    }

    /// <summary>Where to ask a program that listens at these addresses: every address of the machine becomes its loopback one, of the same family.</summary>
    public static Uri AddressOf(string urls)
    {
        var first = urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault() ?? "";
        var address = new UriBuilder(first.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal));
        address.Host = IPAddress.TryParse(address.Host, out var ip) ? ip switch
        {
            _ when ip.Equals(IPAddress.IPv6Any) => IPAddress.IPv6Loopback.ToString(),
            _ when ip.Equals(IPAddress.Any) => IPAddress.Loopback.ToString(),
            _ => ip.ToString(),
        }
        : address.Host;
        address.Path = "/health/live";
        return address.Uri;
    }
}
