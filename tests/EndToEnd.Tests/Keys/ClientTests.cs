using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Keys;

/// <summary>Several clients of one gateway, and its operator.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private const string ShopKey = "shop-key-51cc";
    private const string BlogKey = "blog-key-8e02";
    private const string AdminKey = "admin-key-c7d9";
    private FramegateProcess _framegate = null!;

    public async Task InitializeAsync() => _framegate = await FramegateProcess.StartAsync(new FramegateSettings
    {
        Sandbox = "",
        Routes = Repository.RoutesWith("Clients", """{"shop":{"KeyEnv":"SHOP_KEY"},"blog":{"KeyEnv":"BLOG_KEY"}}"""),
        EnvFile = $"FRAMEGATE_ADMIN_KEY={AdminKey}\nBLOG_KEY={BlogKey}\n",
        Variables = new Dictionary<string, string> { ["SHOP_KEY"] = ShopKey },
    });

    public async Task DisposeAsync() => await _framegate.DisposeAsync();

    [Fact]
    public async Task Generations_OfOneClient_AreNotThereForAnother()
    {
        var id = Bodies.Unique("shop").Replace(' ', '-');
        var body = Bodies.Of("flux", Bodies.Unique("A lighthouse"), ("request_id", id));
        Assert.Equal(200, (await _framegate.Client.PostAsync(body, Bearer(ShopKey))).Status);

        Assert.Equal(200, (await _framegate.Client.GetAsync("/generations/" + id, Bearer(ShopKey))).Status);
        Assert.Equal(404, (await _framegate.Client.GetAsync("/generations/" + id, Bearer(BlogKey))).Status);
        Assert.Equal(404, (await _framegate.Client.SendAsync(HttpMethod.Delete, "/generations/" + id, null, Bearer(BlogKey))).Status);
        Assert.Single((await _framegate.Client.GetAsync("/generations", Bearer(ShopKey))).Json.At("data").EnumerateArray());
        Assert.Empty((await _framegate.Client.GetAsync("/generations", Bearer(BlogKey))).Json.At("data").EnumerateArray());
    }

    [Fact]
    public async Task Generations_SameIdempotencyKeyOfTwoClients_AreTwo()
    {
        var body = Bodies.Of("flux", Bodies.Unique("A lighthouse"));

        var shop = await _framegate.Client.PostAsync(body, Bearer(ShopKey), ("Idempotency-Key", "same"));
        var blog = await _framegate.Client.PostAsync(body, Bearer(BlogKey), ("Idempotency-Key", "same"));

        Assert.Equal((200, 200), (shop.Status, blog.Status));
        Assert.NotEqual(shop.Json.Text("request_id"), blog.Json.Text("request_id"));
    }

    [Fact]
    public async Task Admin_Clients_ListsNamesAndNoKeys()
    {
        var answer = await _framegate.Client.GetAsync("/admin/clients", Bearer(AdminKey));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["blog", "shop"], answer.Json.At("data").EnumerateArray().Select(c => c.Text("name")));
        Assert.DoesNotContain(ShopKey, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(AdminKey, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Admin_Errors_AreProblems()
    {
        foreach (var (path, key, status) in new[]
        {
            ("/admin/clients", ShopKey, 403), ("/admin/clients", "wrong", 401), ("/admin/nothing", AdminKey, 404), ("/admin", AdminKey, 404),
        })
        {
            var answer = await _framegate.Client.GetAsync(path, Bearer(key));

            Assert.Equal((status, "application/problem+json"), (answer.Status, answer.Header("Content-Type")));
        }
    }

    [Fact]
    public async Task Generations_AdminKey_IsRefused() =>
        Assert.Equal(401, (await _framegate.Client.GetAsync("/generations", Bearer(AdminKey))).Status);

    [Fact]
    public async Task Start_VariableOfAClientIsMissing_NamesItAndEnds()
    {
        using var folder = new TempFolder();
        var file = folder.Write("routes.json", Repository.RoutesWith("Clients", """{"shop":{"KeyEnv":"SHOP_KEY_THAT_IS_NOT_SET"}}"""));

        var (exitCode, output) = await FramegateCommand.RunAsync(
            folder.Path, "--sandbox", "--urls", "http://127.0.0.1:0", "--data", Path.Combine(folder.Path, "data"), "--config", file);

        Assert.Equal(1, exitCode);
        Assert.Contains("Framegate:Clients:shop:KeyEnv: The environment variable SHOP_KEY_THAT_IS_NOT_SET is not set.", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static (string Name, string Value) Bearer(string key) => ("Authorization", "Bearer " + key);
}
