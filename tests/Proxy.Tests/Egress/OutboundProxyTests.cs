using System.Net;
using Framegate.Proxy.Egress;

namespace Framegate.Proxy.Tests.Egress;

public sealed class OutboundProxyTests
{
    [Theory]
    [InlineData("http://us%20er:p%40ss%3Aw%2Fd@proxy.example:3128", "us er", "p@ss:w/d")]
    [InlineData("http://user@proxy.example:3128", "user", "")]
    [InlineData("http://user:${OUTBOUND_PROXY_TEST}@proxy.example:3128", "user", "s%41cret@")]
    public void LogIn_NamedWithUserAndPassword_HasThem(string address, string user, string password)
    {
        Environment.SetEnvironmentVariable("OUTBOUND_PROXY_TEST", "s%41cret@");
        var proxy = new WebProxy(new Uri(address));

        OutboundProxy.LogIn(proxy);

        var login = proxy.Credentials!.GetCredential(new Uri("http://proxy.example:3128"), "Basic")!;
        Assert.Equal((user, password), (login.UserName, login.Password));
    }

    [Fact]
    public void LogIn_WithoutAUser_HasNone()
    {
        var proxy = new WebProxy(new Uri("http://proxy.example:3128"));
        OutboundProxy.LogIn(proxy);
        Assert.Null(proxy.Credentials);
    }
}
