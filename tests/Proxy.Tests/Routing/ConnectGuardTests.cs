using System.Net;
using System.Net.Sockets;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Tests.Routing;

public sealed class ConnectGuardTests
{
    private const string Refused = "is not configured";

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("10.0.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("172.16.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("[::1]")]
    [InlineData("[fe80::1]")]
    [InlineData("[fd00::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task ConnectAsync_PrivateAddressOfNobodyKnown_IsRefused(string host)
    {
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync($"http://{host}:9/", "https://api.example/"));

        Assert.Contains(Refused, failure.Message, StringComparison.Ordinal);
        Assert.Equal(HttpRequestError.ConnectionError, failure.HttpRequestError);
    }

    [Fact]
    public async Task ConnectAsync_ConfiguredHost_MayBePrivate()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var call = GetAsync($"http://localhost:{port}/", $"http://localhost:{port}/");
        using (var accepted = await listener.AcceptSocketAsync())
        {
            listener.Stop(); // the client tries a second time otherwise
        }

        // It was let through: what fails is the server, which hangs up.
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.DoesNotContain(Refused, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A job lives on at a host that has gone from the configuration.</summary>
    [Fact]
    public async Task ConnectAsync_HomeOfAJob_MayBePrivate()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var call = GetAsync($"http://localhost:{port}/", "https://api.example/", atHome: true);
        using (var accepted = await listener.AcceptSocketAsync())
        {
            listener.Stop(); // the client tries a second time otherwise
        }

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.DoesNotContain(Refused, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What is configured opens no other port of its host, nor of this machine.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:9/", "http://127.0.0.1:6379/")]
    [InlineData("http://localhost:9/", "http://localhost:6379/")]
    [InlineData("http://localhost:9/", "http://127.0.0.1:6379/")]
    [InlineData("https://127.0.0.1/", "http://127.0.0.1/")]
    [InlineData("http://10.0.0.1:8080/", "http://10.0.0.1:2375/")]
    [InlineData("http://127.0.0.1:9/", "http://10.0.0.1:9/")]
    [InlineData("http://127.0.0.1:9090/", "http://10.0.0.1:9090/")]
    [InlineData("https://8.8.8.8/", "http://8.8.8.8:22/")]
    [InlineData("https://api.example/", "http://8.8.8.8:25/")]
    public async Task ConnectAsync_AnotherPortOfAConfiguredHost_IsRefused(string configured, string url)
    {
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(url, configured));

        Assert.Contains(Refused, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/", null)]
    [InlineData("https://api.example/", "localhost:{0}")]
    [InlineData("https://api.example/", "127.0.0.1:{0}")]
    public async Task ConnectAsync_ConfiguredByHostAndPort_IsLetThrough(string configured, string? named)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var call = GetAsync($"http://localhost:{port}/", string.Format(null, configured, port), named: named is null ? null : string.Format(null, named, port));
        using (var accepted = await listener.AcceptSocketAsync())
        {
            listener.Stop(); // the client tries a second time otherwise
        }

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.DoesNotContain(Refused, failure.Message, StringComparison.Ordinal);
    }

    private static async Task GetAsync(string url, string configured, bool atHome = false, string? named = null)
    {
        var guard = new ConnectGuard(
            new OneCluster(configured), new ChangingOptions<SecurityOptions>(new SecurityOptions { PrivateAddresses = named is null ? null : [named] }));
        using var client = new HttpClient(new SocketsHttpHandler { ConnectCallback = (c, t) => guard.ConnectAsync(c, null, t), UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url));
        if (atHome)
        {
            request.Options.Set(AdapterTransformer.AtHome, true);
        }

        using var answer = await client.SendAsync(request);
    }
}
