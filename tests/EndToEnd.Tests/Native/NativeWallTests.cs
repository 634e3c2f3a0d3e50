using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Native;

/// <summary>Two clients of one gateway call providers natively, with the one key of each provider.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "DisposeAsync disposes of them.")]
public sealed class NativeWallTests : IAsyncLifetime
{
    private const string ShopKey = "shop-key-native-51cc";
    private const string AdminKey = "admin-key-native-c7d9";
    private const string BlogKey = "blog-key-native-8e02";
    private readonly ScriptedServer _provider = new(React);
    private readonly TempFolder _data = new();
    private FramegateProcess _framegate = null!;

    public async Task InitializeAsync() => await StartAsync();

    public async Task DisposeAsync()
    {
        await _framegate.DisposeAsync();
        await _provider.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Native_JobsOfOneClient_AreNotThereForAnother_AlsoAfterARestart()
    {
        await CallAsync(ShopKey, "POST", "/sora/v1/videos", 200, """{"prompt":"video_shop"}""");
        await CallAsync(BlogKey, "POST", "/sora/v1/videos", 200, """{"prompt":"video_blog"}""");
        await CallAsync(ShopKey, "POST", "/runway/v1/text_to_video", 200, """{"prompt":"task_shop"}""");
        await CallAsync(ShopKey, "POST", "/flux/v1/flux-dev", 200, """{"prompt":"flux_shop"}""");
        await CallAsync(BlogKey, "POST", "/flux/v1/flux-dev", 200, """{"prompt":"flux_blog"}""");
        await CallAsync(ShopKey, "POST", "/pika/fal-ai/pika/v2.2/text-to-video", 200, """{"prompt":"fal_shop"}""");
        await CallAsync(ShopKey, "POST", "/veo/v1/projects/p/locations/l/publishers/google/models/m:predictLongRunning", 200, """{"prompt":"veo_shop"}""");

        await CheckAsync();
        await _framegate.DisposeAsync();
        await StartAsync();
        await CheckAsync();
    }

    [Fact]
    public async Task Native_LargeBodies_AreReadToTheirEnd_AndArriveWhole()
    {
        await CallAsync(ShopKey, "POST", "/sora/v1/videos", 200, """{"prompt":"video_shop"}""");
        var film = System.Security.Cryptography.RandomNumberGenerator.GetBytes(18 * 1024 * 1024);
        foreach (var (key, status) in new[] { (BlogKey, 404), (ShopKey, 200) })
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(film), "video", "a.mp4" }, { new StringContent("video_shop"), "video[id]" } };
            using var json = new StringContent($$"""{"prompt":"large","picture":"{{Convert.ToBase64String(film)}}","video":{"id":"video_shop"} }""", System.Text.Encoding.UTF8, "application/json");
            foreach (var content in new HttpContent[] { form, json })
            {
                var (sent, before) = (await content.ReadAsByteArrayAsync(), _provider.Requests.Count);
                var answer = await _framegate.Client.SendAsync(HttpMethod.Post, "/sora/v1/videos/edits", content, Bearer(key));

                Assert.True(answer.Status == status, $"{content} by {key}: {answer.Status} {answer.Text}");
                Assert.Equal(status == 200 ? before + 1 : before, _provider.Requests.Count);
                if (status == 200)
                {
                    Assert.True(sent.AsSpan().SequenceEqual(_provider.Requests[^1].Body));
                }
            }
        }
    }

    [Fact]
    public async Task Native_WhatIsNotAllowed_NeverReachesTheProvider()
    {
        foreach (var (method, path) in new[]
        {
            ("GET", "/sora/v1/organization/admin_api_keys"), ("POST", "/sora/v1/chat/completions"), ("GET", "/runway/v1/organization"), ("GET", "/flux/v1/credits"),
            ("GET", "/sora/v1/videos/..%2Forganization%2Fadmin_api_keys"), ("GET", "/runway/v1/tasks/%2e%2e/organization"), ("GET", "/flux/~only/v1/credits"),
            ("POST", "/pika/fal-ai/flux/dev"), ("GET", "/veo/v1/projects/p/locations/l/endpoints"), ("GET", "/runway/v1/tasks/x%00y"),
        })
        {
            var answer = await _framegate.Client.SendAsync(new HttpMethod(method), path, method == "POST" ? new StringContent("{}") : null, Bearer(ShopKey));
            Assert.True(answer.Status is 403 or 400 or 404, $"{method} {path}: {answer.Status}");
        }

        Assert.Empty(_provider.Requests);
        Assert.Equal(200, (await _framegate.Client.GetAsync("/runway/v1/allowed/by/config", Bearer(ShopKey))).Status);
    }

    [Fact]
    public async Task Native_Answers_KeepWhatBelongsToTheAccount()
    {
        var answer = await _framegate.Client.GetAsync("/sora/v1/models", Bearer(ShopKey));

        Assert.Equal(200, answer.Status);
        Assert.All(["Set-Cookie", "openai-organization", "CF-Ray", "Server"], name => Assert.Null(answer.Header(name)));
        Assert.Equal("r1", answer.Header("X-Request-Id"));
    }

    [Fact]
    public async Task Native_Submits_CountAgainstTheProvidersLimit()
    {
        await CallAsync(ShopKey, "POST", "/limited/v1/videos", 200, """{"prompt":"video_1"}""");
        var before = _provider.Requests.Count;
        var refused = await _framegate.Client.SendAsync(HttpMethod.Post, "/limited/v1/videos", new StringContent("""{"prompt":"video_2"}"""), Bearer(ShopKey));

        Assert.Equal(429, refused.Status);
        Assert.NotNull(refused.Header("Retry-After"));
        Assert.Equal(before, _provider.Requests.Count);
        await CallAsync(ShopKey, "GET", "/limited/v1/videos/video_1", 200);
        var metrics = await _framegate.Client.GetAsync("/metrics", Bearer(AdminKey));
        Assert.Contains(metrics.Text.Split('\n'), l => l.StartsWith("framegate_attempts_total", StringComparison.Ordinal)
            && l.Contains("provider=\"limited\"", StringComparison.Ordinal) && l.Contains("outcome=\"accepted\"", StringComparison.Ordinal));
    }

    private static Reaction React(ScriptedRequest request)
    {
        string[] headers =
        [
            "Set-Cookie: account=1", "Server: scripted-server", "openai-organization: acme", "x-ratelimit-remaining-requests: 4", "CF-Ray: 1", "X-Request-Id: r1",
        ];
        if (request.Method == "GET" && request.Path == "/v1/videos")
        {
            return Reaction.Answer(200, """
                {"object":"list","first_id":"video_shop","last_id":"video_other","has_more":false,"data":[
                  {"id":"video_shop","prompt":"secret of the shop"},{"id":"video_blog","prompt":"secret of the blog"},{"id":"video_other","prompt":"of nobody"},{"prompt":"no id"}]}
                """, "application/json", headers);
        }

        var id = System.Text.RegularExpressions.Regex.Match(request.Text, "\"prompt\":\"([a-z0-9_]*)\"").Groups[1].Value;
        return Reaction.Answer(200, request.Path.EndsWith(":predictLongRunning", StringComparison.Ordinal)
            ? $$"""{"name":"projects/p/locations/l/publishers/google/models/m/operations/{{id}}"}"""
            : request.Path.StartsWith("/fal-ai", StringComparison.Ordinal) ? $$"""{"status":"IN_QUEUE","request_id":"{{id}}"}"""
            : $$"""{"id":"{{id}}","note":"of the account"}""", "application/json", headers);
    }

    private async Task CheckAsync()
    {
        (string Method, string Path, string? Body)[] ofShop =
        [
            ("GET", "/sora/v1/videos/video_shop", null), ("GET", "/sora/v1/videos/video_shop/content", null), ("POST", "/sora/v1/videos/video_shop/remix", """{"prompt":"remixed"}"""),
            ("POST", "/sora/v1/videos/edits", """{"prompt":"edited","video":{"id":"video_shop"}}"""), ("GET", "/runway/v1/tasks/task_shop", null),
            ("GET", "/flux/v1/get_result?id=flux_shop", null), ("GET", "/pika/fal-ai/pika/requests/fal_shop/status", null), ("GET", "/pika/fal-ai/pika/requests/fal_shop", null),
            ("PUT", "/pika/fal-ai/pika/requests/fal_shop/cancel", null),
            ("POST", "/veo/v1/projects/p/locations/l/publishers/google/models/m:fetchPredictOperation", """{"operationName":"projects/p/operations/veo_shop"}"""),
            ("DELETE", "/runway/v1/tasks/task_shop", null), ("DELETE", "/sora/v1/videos/video_shop", null),
        ];
        var before = _provider.Requests.Count;
        foreach (var (method, path, body) in ofShop)
        {
            await CallAsync(BlogKey, method, path, 404, body);
        }

        // Two of one name: nobody knows which of them a provider goes by.
        await CallAsync(BlogKey, "GET", "/flux/v1/get_result?id=flux_blog&id=flux_shop", 404);
        await CallAsync(BlogKey, "GET", "/flux/v1/get_result", 404);
        await CallAsync(BlogKey, "GET", "/sora/v1/videos/video_other", 404);
        await CallAsync(BlogKey, "POST", "/sora/v1/videos/edits", 404, """{"prompt":"e","video":{"id":"video_blog"},"video":{"id":"video_shop"}}""");
        Assert.Equal(before, _provider.Requests.Count);

        foreach (var (method, path, body) in ofShop)
        {
            await CallAsync(ShopKey, method, path, 200, body);
        }

        foreach (var (key, own) in new[] { (ShopKey, "video_shop"), (BlogKey, "video_blog") })
        {
            var list = await _framegate.Client.GetAsync("/sora/v1/videos?limit=20", Bearer(key));
            Assert.Equal([own], list.Json.At("data").EnumerateArray().Select(v => v.Text("id")));
            Assert.Equal((own, own), (list.Json.Text("first_id"), list.Json.Text("last_id")));
        }
    }

    private async Task CallAsync(string key, string method, string path, int status, string? body = null)
    {
        using var content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var answer = await _framegate.Client.SendAsync(new HttpMethod(method), path, content, Bearer(key));
        Assert.True(answer.Status == status, $"{method} {path} by {key}: {answer.Status} {answer.Text}");
    }

    private async Task StartAsync() => _framegate = await FramegateProcess.StartAsync(new FramegateSettings
    {
        Data = _data.Path,
        Routes = Routes(_provider.Address),
        Variables = new Dictionary<string, string>
        {
            ["FRAMEGATE_ADMIN_KEY"] = AdminKey, ["SHOP_KEY"] = ShopKey, ["BLOG_KEY"] = BlogKey, ["BFL_API_KEY"] = "our-flux-key", ["OPENAI_API_KEY"] = "our-sora-key", ["FAL_KEY"] = "our:fal-key",
            ["GOOGLE_VERTEX_ACCESS_TOKEN"] = "our-vertex-token", ["RUNWAYML_API_SECRET"] = "our-runway-key",
        },
    });

    private static (string, string) Bearer(string key) => ("Authorization", "Bearer " + key);

    private static string Routes(string provider)
    {
        var names = new[] { "flux", "sora", "pika", "runway", "limited", "veo" };
        var routes = names.Select(n =>
            $$"""  "{{n}}": { "ClusterId": "{{n}}", "Match": { "Path": "/{{n}}/{**rest}" }, "Transforms": [{ "PathRemovePrefix": "/{{n}}" }] }""");
        var clusters = names.Select(n => $$"""
            "{{n}}": { "Metadata": { "Adapter": "{{(n == "limited" ? "sora" : n)}}" }, "Destinations": { "only": { "Address": "{{provider}}/" } } }
            """);
        return $$"""
            {
              "Framegate": {
                "Clients": { "shop": { "KeyEnv": "SHOP_KEY" }, "blog": { "KeyEnv": "BLOG_KEY" } },
                "Native": { "runway": { "Allow": ["GET /v1/allowed/**"] } },
                "Limits": { "limited": { "RequestsPerMinute": 1 } }
              },
              "ReverseProxy": { "Routes": { {{string.Join(",", routes)}} }, "Clusters": { {{string.Join(",", clusters)}} } }
            }
            """;
    }
}
