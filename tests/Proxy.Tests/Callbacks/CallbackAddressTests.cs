using System.Net;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Open;

namespace Framegate.Proxy.Tests.Callbacks;

/// <summary>Where callbacks may go.</summary>
public sealed class CallbackAddressTests
{
    private static readonly SecurityOptions s_security = new() { PrivateAddresses = ["hooks.intern:8443", "10.0.0.7:8080"] };

    [Theory]
    [InlineData("https://app.example.com/hook", true)]
    [InlineData("http://app.example.com/hook", false)]
    [InlineData("https://10.0.0.8/hook", false)]
    [InlineData("https://hooks.intern:8443/hook", true)]
    [InlineData("http://hooks.intern:8443/hook", true)]
    [InlineData("http://hooks.intern:8444/hook", false)]
    [InlineData("http://10.0.0.7:8080/hook", true)]
    [InlineData("https://10.0.0.7/hook", false)]
    [InlineData("ftp://10.0.0.7:8080/hook", false)]
    [InlineData("http://127.0.0.1:9999/hook", false)]
    public void WhyRefused_OfAGatewayWithKeys_OpensWhatTheOperatorNames(string url, bool may) =>
        Assert.Equal(may, CallbackAddress.WhyRefused(new Uri(url), false, s_security) is null);

    [Theory]
    [InlineData("app.example.com", 443, "93.184.216.34", true)]
    [InlineData("app.example.com", 443, "10.0.0.8", false)]
    [InlineData("hooks.intern", 8443, "10.0.0.8", true)]
    [InlineData("hooks.intern", 8444, "10.0.0.8", false)]
    [InlineData("other.intern", 8080, "10.0.0.7", true)]
    public void IsAllowed_OfAGatewayWithKeys_LooksAtNamePortAndAddress(string host, int port, string address, bool may) =>
        Assert.Equal(may, CallbackAddress.IsAllowed(new DnsEndPoint(host, port), IPAddress.Parse(address), false, s_security));
}
