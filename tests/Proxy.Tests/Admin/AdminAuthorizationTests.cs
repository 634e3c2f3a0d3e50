using System.Text.Json;
using Framegate.Proxy.Tests.Http;

namespace Framegate.Proxy.Tests.Admin;

public sealed class AdminAuthorizationTests
{
    private const string Client = "the-client-key";
    private const string Admin = "the-admin-key";

    [Theory]
    // Without any key: this machine.
    [InlineData(null, null, "local", null, 200)]
    [InlineData(null, null, "remote", null, 403)]
    [InlineData(null, null, "remote", "guess", 403)]
    // Client keys alone: nobody.
    [InlineData(Client, null, "local", null, 403)]
    [InlineData(Client, null, "local", Client, 403)]
    [InlineData(Client, null, "remote", Client, 403)]
    // An admin key: who sends it, from anywhere.
    [InlineData(null, Admin, "local", null, 401)]
    [InlineData(null, Admin, "local", Admin, 200)]
    [InlineData(null, Admin, "remote", Admin, 200)]
    [InlineData(null, Admin, "remote", "guess", 401)]
    [InlineData(Client, Admin, "remote", Admin, 200)]
    [InlineData(Client, Admin, "remote", Client, 403)]
    [InlineData(Client, Admin, "remote", null, 401)]
    [InlineData(Client, Admin, "remote", "guess", 401)]
    public async Task Admin_KeysAndCaller_LetsInOperatorsOnly(string? clientKey, string? adminKey, string caller, string? presented, int expected)
    {
        var gate = new Gate(clientKey, adminKey);

        foreach (var path in new[] { "/admin", "/admin/config", "/ADMIN/config" })
        {
            var context = caller == "local" ? Gate.Local(path, presented) : Gate.Remote(path, presented);

            Assert.Equal(expected == 200, await gate.PassesAsync(context));
            Assert.Equal(expected, context.Response.StatusCode);
        }
    }

    [Theory]
    [InlineData(Client, Admin)]
    [InlineData(Client, null)]
    [InlineData(null, null)]
    public async Task Metrics_ScrapeKey_OpensThemAndNothingElse(string? clientKey, string? adminKey)
    {
        var gate = new Gate(clientKey, adminKey, "the-scrape-key");

        Assert.True(await gate.PassesAsync(Gate.Remote("/metrics", "the-scrape-key")));
        Assert.False(await gate.PassesAsync(Gate.Remote("/metrics", "guess")));
        Assert.False(await gate.PassesAsync(Gate.Remote("/metrics", Client)));
        Assert.False(await gate.PassesAsync(Gate.Remote("/admin/config", "the-scrape-key")));
        Assert.False(await gate.PassesAsync(Gate.Remote("/generations", "the-scrape-key")));
    }

    [Fact]
    public async Task Admin_Refused_IsAProblemThatNamesTheVariable()
    {
        foreach (var gate in new[] { new Gate(Client), new Gate(Client, Admin), new Gate(null, Admin), new Gate() })
        {
            var context = Gate.Remote("/admin/config");
            Assert.False(await gate.PassesAsync(context));

            Assert.Equal("application/problem+json", context.Response.ContentType);
            context.Response.Body.Position = 0;
            using var problem = JsonDocument.Parse(context.Response.Body);
            Assert.Contains("FRAMEGATE_ADMIN_KEY", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Admin_KeyInTheQuery_IsRefused()
    {
        var context = Gate.Remote("/admin/config");
        context.Request.QueryString = new("?key=" + Admin);

        Assert.False(await new Gate(null, Admin).PassesAsync(context));
    }

    [Theory]
    [InlineData("/administration")]
    [InlineData("/generations")]
    public async Task OtherRoutes_AdminKey_IsNotAClientsKey(string path)
    {
        Assert.False(await new Gate(Client, Admin).PassesAsync(Gate.Remote(path, Admin)));
        Assert.True(await new Gate(Client, Admin).PassesAsync(Gate.Remote(path, Client)));
    }

    [Fact]
    public async Task Admin_KeyThatIsAClientsToo_OpensBoth()
    {
        var gate = new Gate(Client, Client);
        var context = Gate.Remote("/generations", Client);

        Assert.True(await gate.PassesAsync(context));
        Assert.Equal("default", Proxy.Edge.Http.Client.Of(context));
        Assert.True(await gate.PassesAsync(Gate.Remote("/admin/config", Client)));
    }
}
