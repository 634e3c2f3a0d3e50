using System.Net;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Microsoft.AspNetCore.Http;

namespace Framegate.Proxy.Tests.Http;

public sealed class ClientAuthenticationTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "", true)]
    [InlineData("::1", "[::1]:8080", "", true)]
    [InlineData("::ffff:127.0.0.1", "localhost:8080", "", true)]
    [InlineData("127.0.0.1", "LOCALHOST", "http://localhost:3000", true)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1:5173", true)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "https://evil.example", false)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "https://localhost.evil.example", false)]
    [InlineData("127.0.0.1", "127.0.0.1:8080", "null", false)]
    [InlineData("127.0.0.1", "rebound.evil.example:8080", "", false)]
    [InlineData("127.0.0.1", "", "", false)]
    [InlineData("10.0.0.7", "127.0.0.1:8080", "", false)]
    [InlineData(null, "127.0.0.1:8080", "", false)]
    public async Task InvokeAsync_NoKey_LetsInThisMachineAndNoWebPage(string? remote, string host, string origin, bool passes)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = remote is null ? null : IPAddress.Parse(remote);
        context.Request.Host = new HostString(host);
        if (origin.Length > 0)
        {
            context.Request.Headers.Origin = origin;
        }

        Assert.Equal(passes, await PassesAsync(context, key: null));
        Assert.Equal(passes ? 200 : 403, context.Response.StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer right", true)]
    [InlineData("Authorization", "bearer  right ", true)]
    [InlineData("x-api-key", "right", true)]
    [InlineData("Authorization", "Bearer wrong", false)]
    [InlineData("Authorization", "Bearer ", false)]
    [InlineData("Authorization", "right", false)]
    [InlineData("Authorization", "Basic right", false)]
    [InlineData("x-api-key", "righ", false)]
    [InlineData("x-other", "right", false)]
    public async Task InvokeAsync_WithKey_LetsInWhoeverSendsIt(string header, string value, bool passes)
    {
        // A client of a gateway with a key may be anywhere.
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
        context.Request.Host = new HostString("media.example");
        context.Request.Headers[header] = value;

        Assert.Equal(passes, await PassesAsync(context, "right"));
        Assert.Equal(passes ? 200 : 401, context.Response.StatusCode);
        Assert.Equal(passes ? "default" : Client.Local, Client.Of(context));
    }

    [Theory]
    [InlineData("/health/live", true)]
    [InlineData("/healthy", false)]
    public async Task InvokeAsync_HealthWithoutKey_IsOpen(string path, bool passes)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;

        Assert.Equal(passes, await PassesAsync(context, "right"));
    }

    [Theory]
    [InlineData("/generations")]
    [InlineData("/v1/models")]
    [InlineData("/admin/config")]
    public async Task InvokeAsync_ManyWrongKeysAtOnce_AreHeldUpOrTurnedAwayAndARightOnePasses(string path)
    {
        var gate = new Gate("right", "boss");
        var contexts = Enumerable.Range(0, Edge.WrongKeys.MostWaitingOfOne + Edge.WrongKeys.Free + 5).Select(i => Gate.Remote(path, "wrong" + i)).ToList();
        var calls = contexts.Select(gate.PassesAsync).ToList();

        Assert.True(await gate.PassesAsync(Gate.Remote(path, path.StartsWith("/admin", StringComparison.Ordinal) ? "boss" : "right")));
        Assert.Equal(Edge.WrongKeys.MostWaitingOfOne, calls.Count(c => !c.IsCompleted));
        gate.Time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(calls);
        Assert.Equal(5, contexts.Count(c => c.Response.StatusCode == 429 && c.Response.Headers.RetryAfter == "1"));
        Assert.All(contexts, c => Assert.Contains(c.Response.StatusCode, new[] { 401, 429 }));
    }

    [Fact]
    public async Task InvokeAsync_AKeyThatWasMadeElsewhere_IsLetIn()
    {
        var gate = new Gate("right", "boss");
        gate.Shelf.IsShared = true;
        var now = gate.Time.GetUtcNow();
        await gate.Shelf.TryPutAsync(
            new ClientRecord { Name = "shop", Settings = new ClientSettings(), Keys = [new ClientKeyRecord(KeyDigest.Of("elsewhere").ToText(), now, null)], Created = now, Revision = 1 }, default);

        var context = Gate.Remote("/generations", "elsewhere");
        Assert.True(await gate.PassesAsync(context));
        Assert.Equal("shop", Client.Of(context));
    }

    /// <remarks>What waits for the database is bounded as what waits for its refusal.</remarks>
    [Fact]
    public async Task InvokeAsync_ManyUnknownKeysWhileTheDatabaseIsSlow_WaitOrAreTurnedAwayAndARightOnePasses()
    {
        var gate = new Gate("right", "boss");
        gate.Shelf.IsShared = true;
        var slow = gate.Shelf.Slow();
        var contexts = Enumerable.Range(0, Edge.WrongKeys.MostWaitingOfOne + 5).Select(i => Gate.Remote("/generations", "unknown" + i)).ToList();
        var calls = contexts.Select(gate.PassesAsync).ToList();

        Assert.Equal(Edge.WrongKeys.MostWaitingOfOne, calls.Count(c => !c.IsCompleted));
        Assert.True(await gate.PassesAsync(Gate.Remote("/generations", "right")));

        var all = Task.WhenAll(calls);
        while (!all.IsCompleted)
        {
            gate.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await all;
        Assert.Equal(5, contexts.Count(c => c.Response.StatusCode == 429));
        Assert.Equal(Edge.WrongKeys.MostWaitingOfOne, contexts.Count(c => c.Response.StatusCode == 503));
        Assert.All(contexts, c => Assert.Equal("1", c.Response.Headers.RetryAfter));
        slow.SetResult();
    }

    private static Task<bool> PassesAsync(DefaultHttpContext context, string? key) => new Gate(key).PassesAsync(context);
}
