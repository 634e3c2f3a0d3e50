using Framegate.Proxy.Common;

namespace Framegate.Proxy.Tests.Http;

public sealed class ProxiedCallTests
{
    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-proto")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    [InlineData("X-Real-IP")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("CDN-Loop")]
    [InlineData("True-Client-IP")]
    [InlineData("X-Amzn-Trace-Id")]
    [InlineData("Fly-Client-IP")]
    [InlineData("Fastly-Client-IP")]
    [InlineData("X-Azure-ClientIP")]
    [InlineData("X-Envoy-External-Address")]
    [InlineData("Tailscale-User-Login")]
    public async Task InvokeAsync_NoKeyAndAProxyBefore_IsRefusedUnlessAllowed(string header)
    {
        foreach (var path in new[] { "/generations", "/v1/models", "/flux/v1/x", "/admin/config", "/metrics", "/media/x" })
        {
            var gate = new Gate();
            var context = Gate.Local(path);
            context.Request.Headers[header] = "203.0.113.9";

            Assert.False(await gate.PassesAsync(context));
            Assert.Equal(403, context.Response.StatusCode);

            gate.Security.Change(new SecurityOptions { AllowProxiedWithoutKey = true });
            Assert.True(await gate.PassesAsync(context));
        }
    }

    [Fact]
    public async Task InvokeAsync_WithAKeyOrNoSignOfAProxy_Passes()
    {
        var context = Gate.Local("/generations", "right");
        context.Request.Headers["X-Forwarded-For"] = "203.0.113.9";
        Assert.True(await new Gate("right").PassesAsync(context));

        context = Gate.Local("/generations");
        context.Request.Headers["x-stainless-lang"] = "js";
        context.Request.Headers["X-Request-Id"] = "1";
        Assert.True(await new Gate().PassesAsync(context));
    }
}
