using System.Net;
using Framegate.Proxy.Egress;

namespace Framegate.Proxy.Tests.Egress;

public sealed class NoProxyTests
{
    private static readonly Uri Proxy = new("http://proxy.example:3128/");

    [Theory]
    [InlineData("*", "https://api.example.com/", true)]
    [InlineData("example.com", "https://api.example.com/", true)]
    [InlineData(".example.com", "https://api.example.com/", true)]
    [InlineData("*.example.com", "https://api.example.com/", true)]
    [InlineData("EXAMPLE.com", "https://example.COM/", true)]
    [InlineData("example.com", "https://notexample.com/", false)]
    [InlineData("api.example.com", "https://example.com/", false)]
    [InlineData("example.com:8443", "https://example.com:8443/", true)]
    [InlineData("example.com:8443", "https://example.com/", false)]
    [InlineData("10.0.0.0/8", "https://10.1.2.3/", true)]
    [InlineData("10.0.0.0/8", "https://11.1.2.3/", false)]
    [InlineData("10.1.2.3/8", "https://10.9.9.9/", true)]
    [InlineData("172.20.1.1/12", "https://172.32.0.1/", false)]
    [InlineData("a.test, 192.168.1.1 ,b.test", "http://192.168.1.1:81/", true)]
    [InlineData("192.168.1.1:80", "http://192.168.1.1:81/", false)]
    [InlineData("fd00::/8", "https://[fd00::1]/", true)]
    [InlineData("[fd00::1]:8443", "https://[fd00::1]:8443/", true)]
    [InlineData("a.test b.test", "https://b.test/", true)]
    [InlineData("", "https://api.example.com/", false)]
    [InlineData(null, "https://api.example.com/", false)]
    public void Names_Entry_IsReadAsCurlDoes(string? variable, string url, bool named)
    {
        var proxy = new OutboundProxy(new WebProxy(Proxy), new NoProxy(variable));

        Assert.Equal(named, new NoProxy(variable).Names(new Uri(url)));
        Assert.Equal(named ? null : Proxy, OutboundProxy.OnTheWay(proxy, new Uri(url)));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9090/")]
    [InlineData("https://localhost/")]
    [InlineData("http://[::1]:1/")]
    public void OnTheWay_ThisMachine_IsCalledWithout(string url) =>
        Assert.Null(OutboundProxy.OnTheWay(new OutboundProxy(new WebProxy(Proxy), new NoProxy(null)), new Uri(url)));
}
