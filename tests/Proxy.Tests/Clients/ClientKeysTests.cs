using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Tests.Http;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>Its variables have names of their own, so that tests which run at the same time do not see them.</summary>
public sealed class ClientKeysTests : IDisposable
{
    private const string ShopVariable = "FRAMEGATE_TEST_CLIENT_KEYS_SHOP";
    private const string BlogVariable = "FRAMEGATE_TEST_CLIENT_KEYS_BLOG";

    public ClientKeysTests()
    {
        Environment.SetEnvironmentVariable(ShopVariable, "shop-key");
        Environment.SetEnvironmentVariable(BlogVariable, " blog-key\n");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(ShopVariable, null);
        Environment.SetEnvironmentVariable(BlogVariable, null);
    }

    [Theory]
    [InlineData("shop-key", "shop")]
    [InlineData("blog-key", "blog")]
    [InlineData("single-key", "default")]
    public async Task Gate_KeyOfAClient_GivesItsName(string key, string name)
    {
        var gate = new Gate("single-key", null, null, ("shop", ShopVariable), ("blog", BlogVariable));
        var context = Gate.Remote("/generations", key);

        Assert.True(await gate.PassesAsync(context));
        Assert.Equal(name, Client.Of(context));
    }

    [Theory]
    [InlineData("shop-key ")]
    [InlineData("SHOP-KEY")]
    [InlineData("shop-ke")]
    [InlineData("shop")]
    [InlineData("")]
    public async Task Gate_OtherKey_IsRefused(string key)
    {
        var context = Gate.Remote("/generations");
        context.Request.Headers["x-api-key"] = key;

        Assert.False(await new Gate(null, null, null, ("shop", ShopVariable)).PassesAsync(context));
        Assert.Equal((401, Client.Local), (context.Response.StatusCode, Client.Of(context)));
    }

    [Fact]
    public void Names_SeveralClients_AreInOrderAndHoldNoKeys()
    {
        var keys = new Gate("single-key", null, null, ("shop", ShopVariable), ("blog", BlogVariable)).Keys;

        Assert.Equal(["blog", "default", "shop"], keys.Names);
        Assert.True(keys.Required);
    }

    [Fact]
    public async Task Reload_ClientsChange_TakesEffectAtOnce()
    {
        var gate = new Gate(null, null, null, ("shop", ShopVariable));

        gate.Options.Change(Gate.Named(("blog", BlogVariable)));

        Assert.False(await gate.PassesAsync(Gate.Remote("/generations", "shop-key")));
        Assert.True(await gate.PassesAsync(Gate.Remote("/generations", "blog-key")));
    }

    [Fact]
    public async Task Reload_LastClientGone_LetsNobodyInInsteadOfEverybody()
    {
        var gate = new Gate(null, null, null, ("shop", ShopVariable));

        gate.Options.Change([]);

        Assert.True(gate.Keys.Required);
        Assert.False(await gate.PassesAsync(Gate.Local("/generations")));
    }

    [Fact]
    public async Task Reload_FirstClient_ClosesTheGate()
    {
        var gate = new Gate();
        Assert.True(await gate.PassesAsync(Gate.Local("/generations")));

        gate.Options.Change(Gate.Named(("shop", ShopVariable)));

        Assert.False(await gate.PassesAsync(Gate.Local("/generations")));
    }

    [Fact]
    public void Validate_GoodClients_Succeeds() =>
        Assert.True(new ClientsOptionsRules().Validate(null, Gate.Named(("shop", ShopVariable), ("blog.2", BlogVariable))).Succeeded);

    [Fact]
    public void Validate_FaultyClients_NamesEachByItsPath()
    {
        var options = Gate.Named(("a", "FRAMEGATE_TEST_NOT_SET"), ("b", ""), ("c d", ShopVariable), ("e", ShopVariable));

        var failures = new ClientsOptionsRules().Validate(null, options).Failures!.ToList();

        Assert.Collection(
            failures,
            f => Assert.Equal("Framegate:Clients:a:KeyEnv: The environment variable FRAMEGATE_TEST_NOT_SET is not set.", f),
            f => Assert.StartsWith("Framegate:Clients:b:KeyEnv: Name the environment variable", f, StringComparison.Ordinal),
            f => Assert.StartsWith("Framegate:Clients:c d: A client's name is", f, StringComparison.Ordinal),
            f => Assert.StartsWith("Framegate:Clients:e:KeyEnv:", f, StringComparison.Ordinal));
        Assert.DoesNotContain(failures, f => f.Contains("shop-key", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_KeyInThePlaceOfItsVariable_IsNotRepeated()
    {
        var failure = Assert.Single(new ClientsOptionsRules().Validate(null, Gate.Named(("shop", "sk-live-51ccf00d"))).Failures!);

        Assert.Equal("Framegate:Clients:shop:KeyEnv: The environment variable that it names is not set.", failure);
    }

    [Fact]
    public void Digest_Printed_ShowsNothing() => Assert.Equal("***", KeyDigest.Of("shop-key").ToString());
}
