using System.Net;
using System.Text;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Tests.Routing;

namespace Framegate.Proxy.Tests.Egress;

/// <summary>Calls through a proxy at an address that nothing but the proxy's setting allows.</summary>
public sealed class ProxiedCallsTests
{
    [Fact]
    public async Task Send_ThroughAProxyAtAPrivateAddress_IsCarried()
    {
        var asked = "";
        await using var server = ProxyThat(line => asked = line);
        using var client = ClientOf(server.Address);

        using var answer = await client.GetAsync(new Uri("http://api.nowhere.invalid:8080/v1/x"));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.StartsWith("GET http://api.nowhere.invalid:8080/v1/x HTTP/1.1", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TlsThroughAProxyAtAPrivateAddress_AsksForATunnel()
    {
        var asked = "";
        await using var server = ProxyThat(line => asked = line, "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
        using var client = ClientOf(server.Address);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri("https://api.nowhere.invalid/v1/x")));

        Assert.StartsWith("CONNECT api.nowhere.invalid:443 HTTP/1.1", asked, StringComparison.Ordinal);
        Assert.Equal("the proxy does not let it through (HTTP 403)", TransportCause.Of(failure));
    }

    [Theory]
    [InlineData("http://169.254.169.254:8080/latest/meta-data")]
    [InlineData("http://10.0.0.1:8080/")]
    [InlineData("http://8.8.8.8:25/")]
    [InlineData("http://[fd00::1]:8080/")]
    public async Task Send_PrivateAddressBehindTheProxy_IsRefusedAndTheProxyNotAsked(string url)
    {
        await using var server = ProxyThat(_ => { });
        using var client = ClientOf(server.Address);

        await Assert.ThrowsAsync<PrivateAddressException>(() => client.GetAsync(new Uri(url)));

        Assert.Equal(0, server.Connections);
    }

    /// <summary>The proxy's address is allowed as the way, not as what is called.</summary>
    [Fact]
    public async Task Send_ToTheProxyItself_IsRefused()
    {
        await using var server = ProxyThat(_ => { });
        using var client = ClientOf(server.Address, new NoProxy("127.0.0.1"));

        Assert.True(PrivateAddressException.IsCauseOf(await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(server.Address))));

        Assert.Equal(0, server.Connections);
    }

    private static HttpClient ClientOf(Uri proxyAddress, NoProxy? except = null)
    {
        var proxy = new OutboundProxy(new WebProxy(proxyAddress), except ?? new NoProxy(null));
        var guard = new ConnectGuard(new OneCluster("https://api.example/"), new ChangingOptions<SecurityOptions>(new SecurityOptions()));
        var sockets = new SocketsHttpHandler { Proxy = proxy, UseProxy = true, ConnectCallback = (c, t) => guard.ConnectAsync(c, proxy, t) };
        return new HttpClient(new ProxiedCalls(sockets, proxy, guard.CheckProxiedAsync));
    }

    private static RawServer ProxyThat(Action<string> hears, string answer = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n") => new(async connection =>
    {
        hears(Encoding.ASCII.GetString(await connection.ReadUntilAsync("\r\n\r\n"u8.ToArray())));
        await connection.WriteAsync(Encoding.ASCII.GetBytes(answer));
    });
}
