using Framegate.Proxy.Common;

namespace Framegate.Proxy.Tests.Configuration;

public sealed class SecurityOptionsTests
{
    [Theory]
    [InlineData("127.0.0.1:9000", true)]
    [InlineData("store.corp.example:443", true)]
    [InlineData("[::1]:9000", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.0.0.1:0", false)]
    [InlineData("127.0.0.1:70000", false)]
    [InlineData("127.0.0.1:*", false)]
    [InlineData(":9000", false)]
    [InlineData("http://127.0.0.1:9000", false)]
    [InlineData("", false)]
    public void Validate_PrivateAddress_IsHostAndPort(string address, bool good)
    {
        var result = new SecurityOptionsRules().Validate(null, new SecurityOptions { PrivateAddresses = [address] });

        Assert.Equal(good ? null : "Framegate:Security:PrivateAddresses:0: It must be HOST:PORT.", result.FailureMessage);
    }

    [Theory]
    [InlineData("x-acme-tenant", true)]
    [InlineData("x-acme-*", true)]
    [InlineData("*", false)]
    [InlineData("x acme", false)]
    public void Validate_Header_IsAName(string name, bool good) =>
        Assert.Equal(good, new SecurityOptionsRules().Validate(null, new SecurityOptions { NativeRequestHeaders = [name] }).Succeeded);
}
