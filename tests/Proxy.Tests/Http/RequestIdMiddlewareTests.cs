using Framegate.Proxy.Common.Secrets;
using Framegate.Proxy.Edge;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Http;

public sealed class RequestIdMiddlewareTests
{
    [Theory]
    [InlineData("abc-1.2:3_4")]
    [InlineData("01J9Z0")]
    public async Task InvokeAsync_ProxyGaveAnId_IsKept(string given) => Assert.Equal((given, given), await RunAsync(given));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("line\nbreak")]
    [InlineData("ключ")]
    [InlineData("x-planted-key-2718281828-y")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x")]
    public async Task InvokeAsync_NoneOrAnUnfitOne_MakesOne(string? given)
    {
        var (sent, known) = await RunAsync(given);

        Assert.StartsWith("req_", sent, StringComparison.Ordinal);
        Assert.Equal(sent, known);
    }

    /// <summary>The header of the answer, although the answer was cleared on the way, and the id that the log has.</summary>
    private static async Task<(string Sent, string Known)> RunAsync(string? given)
    {
        var response = new Begins();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseFeature>(response);
        if (given is not null)
        {
            context.Request.Headers["X-Request-Id"] = given;
        }

        var vault = new SecretVault();
        vault.Configure(["planted-key-2718281828"]);
        await new RequestIdMiddleware(
            c =>
            {
                c.Response.Headers.Clear();
                return response.BeginAsync();
            },
            vault,
            new FakeTimeProvider()).InvokeAsync(context);
        return (context.Response.Headers["Framegate-Request-Id"].ToString(), context.TraceIdentifier);
    }

    private sealed class Begins : HttpResponseFeature
    {
        private Func<Task> _first = () => Task.CompletedTask;

        public override void OnStarting(Func<object, Task> callback, object state) => _first = () => callback(state);

        public Task BeginAsync() => _first();
    }
}
