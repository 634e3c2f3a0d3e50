using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Cache;

/// <summary>Whose results answer whom.</summary>
public sealed class ScopeTests
{
    private const string AdminKey = "admin-key-77aa";
    private static readonly (string, string) s_shop = ("Authorization", "Bearer shop-key-51cc");
    private static readonly (string, string) s_blog = ("Authorization", "Bearer blog-key-8e02");

    [Fact]
    public async Task Post_TwoClients_NeverSeeEachOthersResults()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var framegate = await StartAsync(sandbox, "Client");
        var prompt = Bodies.Unique("private");
        var body = Bodies.Of("flux", prompt);

        var shop = new[] { await framegate.Client.PostAsync(body, s_shop), await framegate.Client.PostAsync(body, s_shop), await framegate.Client.PostAsync(body, s_shop) };
        var blog = await framegate.Client.PostAsync(body, s_blog);

        Assert.Equal(["miss", "hit", "hit"], shop.Select(a => a.Json.Text("metadata.cache")));
        Assert.Equal("miss", blog.Json.Text("metadata.cache"));
        Assert.NotEqual(shop[0].Json.Text("result.media[0].id"), blog.Json.Text("result.media[0].id"));
        Assert.Equal(2, await sandbox.PaidAsync(prompt));
        foreach (var answer in shop)
        {
            var path = "/generations/" + answer.Json.Text("request_id");
            Assert.Equal(200, (await framegate.Client.GetAsync(path, s_shop)).Status);
            Assert.Equal(404, (await framegate.Client.GetAsync(path, s_blog)).Status);
        }

        // Neither do they join each other's jobs.
        var slow = Bodies.Of("flux", "sandbox:slow=2 " + prompt);
        await Task.WhenAll(framegate.Client.PostAsync(slow, s_shop), framegate.Client.PostAsync(slow, s_blog));
        Assert.Equal(2, (await sandbox.LedgerAsync()).Count(e => e.Prompt.StartsWith("sandbox:slow", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Post_SharedScope_OnePaysForAll()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var framegate = await StartAsync(sandbox, "Shared");
        var prompt = Bodies.Unique("shared");
        var body = Bodies.Of("flux", prompt);

        await framegate.Client.PostAsync(body, s_shop);
        await framegate.Client.PostAsync(body, s_blog);
        var hit = await framegate.Client.PostAsync(body, s_blog);

        Assert.Equal("hit", hit.Json.Text("metadata.cache"));
        Assert.Equal(200, (await framegate.Client.GetAsync("/generations/" + hit.Json.Text("request_id"), s_blog)).Status);
        Assert.Equal(1, await sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Invalidate_WithAClientsKey_IsRefused()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var framegate = await StartAsync(sandbox, "Client");

        Assert.Equal(403, (await framegate.Client.PostToAsync("/admin/cache/invalidate", """{"all":true}""", s_shop)).Status);
        Assert.Equal(200, (await framegate.Client.PostToAsync("/admin/cache/invalidate", """{"all":true}""", ("Authorization", "Bearer " + AdminKey))).Status);
    }

    private static Task<FramegateProcess> StartAsync(SandboxProcess sandbox, string scope) => FramegateProcess.StartAsync(new FramegateSettings
    {
        Sandbox = sandbox.Address,
        Routes = Repository.RoutesWith("Clients", """{"shop":{"KeyEnv":"SHOP_KEY"},"blog":{"KeyEnv":"BLOG_KEY"}}"""),
        Variables = new Dictionary<string, string>
        {
            ["SHOP_KEY"] = "shop-key-51cc",
            ["BLOG_KEY"] = "blog-key-8e02",
            ["FRAMEGATE_ADMIN_KEY"] = AdminKey,
            ["Framegate__Cache__Scope"] = scope,
        },
    });
}
