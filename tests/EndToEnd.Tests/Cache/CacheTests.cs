using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Cache;

/// <summary>The same request twice costs once, and says so.</summary>
public sealed class CacheTests(Gateway gateway) : IClassFixture<Gateway>
{
    private static readonly string[] s_mayDiffer = ["request_id", "timestamp", "processing_time_ms", "cost"];
    private static readonly string[] s_mayDifferInMetadata = ["created_at", "finished_at", "asked", "cache", "saved", "request"];

    [Theory]
    [InlineData("flux")]
    [InlineData("sora")]
    public async Task Post_SameRequestAgain_IsAnsweredWithTheSameBytesAndPaidOnce(string provider)
    {
        var prompt = Bodies.Unique("a cached thing");
        var body = Bodies.Of(provider, prompt);

        var first = await gateway.Client.PostAsync(body);
        var answers = new List<HttpAnswer>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add(await gateway.Client.PostAsync(body));
        }

        answers.Add(await gateway.Client.PostAsync(body.Replace("{\"provider\"", "{ \"timeout\": 77, \"provider\"", StringComparison.Ordinal)));
        answers.Add(await gateway.Client.PostAsync(Bodies.Of(provider, prompt, ("request_id", Bodies.Unique("own").Replace(' ', '-')), ("metadata", new JsonObject { ["order"] = 17 }))));

        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
        Assert.Equal("miss", first.Json.Text("metadata.cache"));
        Assert.Equal("Framegate; fwd=uri-miss; stored", first.Header("Cache-Status"));
        Assert.Null(first.Header("Age"));
        foreach (var hit in answers)
        {
            Assert.Equal(200, hit.Status);
            Assert.Equal("hit", hit.Json.Text("metadata.cache"));
            Assert.Equal(0, hit.Json.At("cost").GetDecimal());
            Assert.Equal(first.Json.At("cost").GetDecimal(), hit.Json.At("metadata.saved").GetDecimal());
            Assert.Equal("0", hit.Header("Framegate-Cost"));
            Assert.Matches("^Framegate; hit; ttl=[0-9]+$", hit.Header("Cache-Status"));
            Assert.Matches("^[0-9]+$", hit.Header("Age"));
            Assert.Equal(Same(first), Same(hit));
            var media = await gateway.Client.GetAsync(hit.Json.Text("result.media[0].url"));
            Assert.Equal(hit.Json.At("result.media[0].bytes").GetInt64(), media.Body.Length);

            var found = await gateway.Client.FindAsync(hit.Json.Text("request_id"));
            Assert.Equal(200, found.Status);
            Assert.Equal(hit.Json.Text("request_id"), found.Json.Text("request_id"));
            Assert.Equal("hit", found.Json.Text("metadata.cache"));
            Assert.Equal(Same(first), Same(found));
        }

        Assert.Equal(6, answers.Append(first).Select(a => a.Json.Text("request_id")).Distinct().Count());
        Assert.Equal(17, answers[^1].Json.At("metadata.request.order").GetInt32());
    }

    [Fact]
    public async Task Post_Directives_WorkAsHttpSays()
    {
        var prompt = Bodies.Unique("directives");
        var body = Bodies.Of("flux", prompt);
        Task<HttpAnswer> Post(string directives) => gateway.Client.PostAsync(body, ("Cache-Control", directives));

        var absent = await Post("only-if-cached");
        Assert.Equal((504, 0), (absent.Status, await gateway.Sandbox.PaidAsync(prompt)));
        Assert.Equal("not_cached", absent.Json.Text("error.details.reason"));

        Assert.Equal("bypass", (await Post("no-store")).Json.Text("metadata.cache"));
        Assert.Equal(504, (await Post("only-if-cached")).Status);

        var first = await gateway.Client.PostAsync(body);
        Assert.Equal("miss", first.Json.Text("metadata.cache"));
        Assert.Equal("hit", (await Post("only-if-cached")).Json.Text("metadata.cache"));
        Assert.Equal("hit", (await Post("max-age=600")).Json.Text("metadata.cache"));
        Assert.Equal(2, await gateway.Sandbox.PaidAsync(prompt));

        var refreshed = await Post("no-cache");
        Assert.Equal(("miss", "Framegate; fwd=request; stored"), (refreshed.Json.Text("metadata.cache"), refreshed.Header("Cache-Status")));
        var after = await gateway.Client.PostAsync(body);
        Assert.Equal("hit", after.Json.Text("metadata.cache"));
        Assert.Equal(refreshed.Json.Text("result.media[0].id"), after.Json.Text("result.media[0].id"));
        Assert.Equal("miss", (await Post("max-age=0")).Json.Text("metadata.cache"));
        Assert.Equal("bypass", (await Post("no-store")).Json.Text("metadata.cache"));
        Assert.Equal(5, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_ResultsThatShouldDiffer_BypassTheCache()
    {
        var prompt = Bodies.Unique("random");
        var body = Bodies.Of("flux", prompt, ("parameters", new JsonObject { ["seed"] = -1 }));

        Assert.Equal("bypass", (await gateway.Client.PostAsync(body)).Json.Text("metadata.cache"));
        Assert.Equal("bypass", (await gateway.Client.PostAsync(body)).Json.Text("metadata.cache"));

        Assert.Equal(2, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_FirstOneFailed_IsSentAgain()
    {
        var body = Bodies.Of("flux", "sandbox:moderated " + Guid.NewGuid());

        var first = await gateway.Client.PostAsync(body);
        var second = await gateway.Client.PostAsync(body);

        Assert.Equal((422, 422), (first.Status, second.Status));
        Assert.Equal("miss", second.Json.Text("metadata.cache"));
        Assert.Equal(504, (await gateway.Client.PostAsync(body, ("Cache-Control", "only-if-cached"))).Status);
    }

    [Fact]
    public async Task Invalidate_ByEachOfItsWays_AnswersHowManyWent()
    {
        var body = Bodies.Of("flux", Bodies.Unique("invalidated"));
        foreach (var what in new[] { """{"pattern":"flux:*"}""", """{"provider":"flux"}""", """{"model":"flux/flux-pro-1.1"}""", """{"all":true}""" })
        {
            await gateway.Client.PostAsync(body);
            var answer = await gateway.Client.PostToAsync("/admin/cache/invalidate", what);
            Assert.True(answer.Json.At("removed").GetInt32() >= 1, what + answer);
            Assert.True(answer.Json.At("reached_all").GetBoolean());
            Assert.Equal(504, (await gateway.Client.PostAsync(body, ("Cache-Control", "only-if-cached"))).Status);
        }

        foreach (var wrong in new[] { "{}", "[]", "", """{"all":false}""", """{"provider":"a","model":"b"}""", """{"tag":"x"}""" })
        {
            Assert.Equal(400, (await gateway.Client.PostToAsync("/admin/cache/invalidate", wrong)).Status);
        }
    }

    [Fact]
    public async Task Statistics_AfterAMissAndAHit_CountThem()
    {
        var body = Bodies.Of("sora", Bodies.Unique("counted"));
        await gateway.Client.PostAsync(body);
        var before = (await gateway.Client.GetAsync("/admin/cache")).Json;

        await gateway.Client.PostAsync(body);
        var after = (await gateway.Client.GetAsync("/admin/cache")).Json;

        Assert.Equal(before.At("total.hits").GetInt64() + 1, after.At("total.hits").GetInt64());
        Assert.True(after.At("total.saved_usd").GetDecimal() > before.At("total.saved_usd").GetDecimal());
        Assert.Contains("framegate_cache_hits_total", (await gateway.Client.GetAsync("/metrics")).Text, StringComparison.Ordinal);
    }

    /// <summary>The answer without what may differ, as text.</summary>
    private static string Same(HttpAnswer answer)
    {
        var json = JsonNode.Parse(answer.Text)!.AsObject();
        foreach (var name in s_mayDiffer)
        {
            json.Remove(name);
        }

        foreach (var name in s_mayDifferInMetadata)
        {
            json["metadata"]!.AsObject().Remove(name);
        }

        return json.ToJsonString();
    }
}
