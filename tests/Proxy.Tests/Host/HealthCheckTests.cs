using Framegate.Proxy.Host;

namespace Framegate.Proxy.Tests.Host;

public sealed class HealthCheckTests
{
    [Theory]
    [InlineData("http://[::]:8080", "http://[::1]:8080/health/live")]
    [InlineData("http://0.0.0.0:8080", "http://127.0.0.1:8080/health/live")]
    [InlineData("http://*:8080", "http://127.0.0.1:8080/health/live")]
    [InlineData("http://+:80;https://+:443", "http://127.0.0.1/health/live")]
    [InlineData("https://[::1]:8443/", "https://[::1]:8443/health/live")]
    [InlineData("http://localhost:8080", "http://localhost:8080/health/live")]
    [InlineData(" http://10.0.0.7:8080 ", "http://10.0.0.7:8080/health/live")]
    public void AddressOf_WhereverItListens_IsOneThatCanBeAsked(string urls, string asked) => Assert.Equal(new Uri(asked), HealthCheck.AddressOf(urls));
}
