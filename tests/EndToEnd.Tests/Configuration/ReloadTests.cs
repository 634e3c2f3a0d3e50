using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Configuration;

/// <summary><c>routes.json</c> changes while Framegate runs.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task Change_InEveryWay_IsNoticed()
    {
        using var file = new WatchedFile();
        await using var framegate = await StartAsync(file);

        file.Overwrite(WatchedFile.Text(61));
        await UntilLimitAsync(framegate, 61);
        file.Replace(WatchedFile.Text(62));
        await UntilLimitAsync(framegate, 62);

        // A link in the place of the file, and then another text where it leads.
        var elsewhere = Directory.CreateDirectory(Path.Combine(file.Folder, "elsewhere"));
        var target = Path.Combine(elsewhere.FullName, "the-routes.json");
        await File.WriteAllTextAsync(target, WatchedFile.Text(63));
        File.CreateSymbolicLink(file.Path + ".tmp", target);
        File.Move(file.Path + ".tmp", file.Path, overwrite: true);
        await UntilLimitAsync(framegate, 63);
        await File.WriteAllTextAsync(target, WatchedFile.Text(64));
        await UntilLimitAsync(framegate, 64);
    }

    [Fact]
    public async Task Change_OfTheCache_TakesEffectAndKeepsTheEntries()
    {
        using var file = new WatchedFile();
        await using var framegate = await StartAsync(file);
        var body = Bodies.Of("flux", Bodies.Unique("kept over a reload"));
        await framegate.Client.PostAsync(body);
        Task<HttpAnswer> Cache() => framegate.Client.GetAsync("/admin/cache");

        file.Replace(Repository.RoutesWith("Cache", """{"Strategy":"LFU","Ttl":7200}"""));
        await Eventually.GetAsync(Cache, a => a.Json.Text("strategy") == "LFU");
        Assert.Equal("hit", (await framegate.Client.PostAsync(body)).Json.Text("metadata.cache"));

        file.Replace(Repository.RoutesWith("Cache", """{"Models":{"flux/flux-pro-1.1":{"Enabled":false}}}"""));
        await Eventually.GetAsync(Cache, a => a.Json.Text("strategy") == "LRU");
        Assert.Equal("bypass", (await framegate.Client.PostAsync(body)).Json.Text("metadata.cache"));

        // A bad one changes nothing, and is named.
        file.Replace(Repository.RoutesWith("Cache", """{"Strategy":"FIFO","Ttl":"soon","MaxEntry":3}"""));
        var refused = (await Eventually.GetAsync(() => framegate.Client.GetAsync("/admin/config"), a => a.Text.Contains("FIFO", StringComparison.Ordinal)
            || a.Text.Contains("Framegate:Cache:Strategy", StringComparison.Ordinal))).Text;
        Assert.Contains("Framegate:Cache:Ttl", refused, StringComparison.Ordinal);
        Assert.Contains("Framegate:Cache:MaxEntry", refused, StringComparison.Ordinal);
        Assert.Equal("LRU", (await Cache()).Json.Text("strategy"));
    }

    [Fact]
    public async Task Change_OfUnseeded_TakesEffectForEachDialect()
    {
        using var file = new WatchedFile();
        await using var framegate = await StartAsync(file);
        var (prompt, v1) = (Bodies.Unique("equal"), "/v1/images/generations");
        async Task<string[]> TwiceAsync(string path, string body) =>
            [.. new[] { await framegate.Client.PostToAsync(path, body), await framegate.Client.PostToAsync(path, body) }.Select(a => a.Header("Cache-Status")!.Split(';')[1].Trim())];
        var body = $$"""{"model":"flux-pro-1.1","prompt":"{{prompt}}"}""";
        var seeded = $$"""{"model":"flux-pro-1.1","prompt":"{{prompt}}","seed":1}""";

        Assert.Equal(["fwd=bypass", "fwd=bypass"], await TwiceAsync(v1, body));
        Assert.Equal(["fwd=uri-miss", "hit"], await TwiceAsync(v1, seeded));

        file.Replace(Repository.RoutesWith("Cache", """{"Strategy":"LFU","Dialects":{"OpenAi":{"Unseeded":true},"Unified":{"Unseeded":false}}}"""));
        await Eventually.GetAsync(() => framegate.Client.GetAsync("/admin/cache"), a => a.Json.Text("strategy") == "LFU");
        Assert.Equal(["fwd=uri-miss", "hit"], await TwiceAsync(v1, body));
        Assert.Equal(["fwd=bypass", "fwd=bypass"], await TwiceAsync("/generations", Bodies.Of("flux", prompt)));

        file.Replace(Repository.RoutesWith("Cache", """{"Unseeded":"now and then","Dialects":{"Sora":{"Unseeded":true}}}"""));
        var refused = (await Eventually.GetAsync(() => framegate.Client.GetAsync("/admin/config"), a => a.Json.Text("status") == "rejected")).Text;
        Assert.Contains("Framegate:Cache:Unseeded", refused, StringComparison.Ordinal);
        Assert.Contains("Framegate:Cache:Dialects:Sora", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_OfAMountedConfigMap_IsNoticedEveryTime()
    {
        using var file = new WatchedFile(mounted: true);
        await using var framegate = await StartAsync(file);

        foreach (var limit in new[] { 61, 62, 63 })
        {
            file.Swap(WatchedFile.Text(limit));
            await UntilLimitAsync(framegate, limit);
        }
    }

    [Fact]
    public async Task Change_BrokenThenDeletedThenGood_KeepsTheLastGoodOneAndSaysWhy()
    {
        using var file = new WatchedFile();
        await using var framegate = await StartAsync(file);
        var first = (await framegate.Client.GetAsync("/admin/config")).Json;
        Assert.Equal("current", first.Text("status"));

        foreach (var (text, path) in new[]
        {
            ("{ \"Framegate\": {", file.Path),
            (Repository.RoutesWith("Jobs", "{\"MaxAtempts\":3}"), "Framegate:Jobs:MaxAtempts"),
            (WatchedFile.Text(61).Replace("\"Metadata\":{\"Adapter\":\"flux\"}", "\"LoadBalancingPolicy\":\"Wieghted\"", StringComparison.Ordinal), "ReverseProxy:Clusters:flux:LoadBalancingPolicy"),
        })
        {
            file.Overwrite(text);
            var rejected = await Eventually.GetAsync(
                async () => (await framegate.Client.GetAsync("/admin/config")).Json,
                c => c.Find("errors[0].path")?.GetString() == path);
            Assert.Equal(("rejected", first.Text("sha256")), (rejected.Text("status"), rejected.Text("sha256")));
            await Eventually.GetAsync(
                () => Task.FromResult(framegate.Output), o => o.Contains(path + ": " + rejected.Text("errors[0].reason"), StringComparison.Ordinal));
        }

        File.Delete(file.Path);
        await UntilAsync(framegate, "rejected", "There is no such file.");
        Assert.Equal(60, await LimitAsync(framegate));
        Assert.Equal(200, (await framegate.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")))).Status);

        file.Overwrite(WatchedFile.Text(61));
        await UntilLimitAsync(framegate, 61);
        await Eventually.GetAsync(() => framegate.Client.GetAsync("/admin/config"), c => c.Json.Text("status") == "current");
    }

    /// <summary>Nothing on this machine is configured any more, and yet the job's own host is asked.</summary>
    [Fact]
    public async Task Change_ProviderOfARunningJobGoes_TheJobFinishesWhereItStarted()
    {
        const string Flux = "\"flux\":{\"Destinations\":{\"global\":{\"Address\":\"https://flux.invalid/\"}}}";
        await using var providers = await SandboxProcess.StartAsync();
        using var file = new WatchedFile();
        file.Overwrite($"{{\"ReverseProxy\":{{\"Clusters\":{{{Flux},\"sora\":{{\"Destinations\":{{\"a\":{{\"Address\":\"{providers.Address}/sora/\"}}}}}}}}}}}}");
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Config = file.Path,
            Variables = new Dictionary<string, string> { ["OPENAI_API_KEY"] = "any" },
        });
        var prompt = Bodies.Unique("sandbox:slow=6");
        var id = await framegate.Client.StartAsync(Bodies.Of("sora", prompt));
        await Eventually.GetAsync(() => framegate.Client.FindAsync(id), g => g.Json.Text("metadata.phase") == "running");

        file.Replace("{\"ReverseProxy\":{\"Clusters\":{" + Flux + "}}}");
        await Eventually.GetAsync(() => framegate.Client.GetAsync("/providers"), p => !p.Text.Contains("\"sora\"", StringComparison.Ordinal));
        Assert.Equal("processing", (await framegate.Client.FindAsync(id)).Json.Text("status"));

        Assert.Equal("success", (await framegate.Client.EndOfAsync(id)).Text("status"));
        Assert.Equal(1, await providers.PaidAsync(prompt));
    }

    private static Task<FramegateProcess> StartAsync(WatchedFile file) =>
        FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "", Config = file.Path });

    private static async Task<int> LimitAsync(FramegateProcess framegate) =>
        (await framegate.Client.GetAsync("/models")).Json.At("data[0].limits.requests_per_minute").GetInt32();

    private static async Task UntilLimitAsync(FramegateProcess framegate, int limit) => await Eventually.GetAsync(() => LimitAsync(framegate), l => l == limit);

    private static async Task UntilAsync(FramegateProcess framegate, string status, string reason) => await Eventually.GetAsync(
        async () => (await framegate.Client.GetAsync("/admin/config")).Json,
        c => c.Text("status") == status && c.Find("errors[0].reason")?.GetString() == reason);
}
