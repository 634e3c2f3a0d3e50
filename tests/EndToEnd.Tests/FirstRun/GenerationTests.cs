using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.FirstRun;

/// <summary>What an app does all day.</summary>
public sealed class GenerationTests(Gateway gateway) : IClassFixture<Gateway>
{
    private readonly GatewayClient _client = gateway.Client;

    [Fact]
    public async Task Post_Flux_AnswersWithTheStoredImage()
    {
        var prompt = Bodies.Unique("A lighthouse");
        var size = new JsonObject { ["width"] = 512, ["height"] = 384 };

        var answer = await _client.PostAsync(Bodies.Of("flux", prompt, ("parameters", size), ("metadata", new JsonObject { ["order"] = 7 })));

        Assert.Equal(200, answer.Status);
        Assert.Equal("2.0", answer.Json.Text("schema_version"));
        Assert.Equal("success", answer.Json.Text("status"));
        Assert.Equal(7, answer.Json.At("metadata.request.order").GetInt32());
        Assert.Equal("flux", answer.Header("Framegate-Provider"));
        Assert.Equal("1", answer.Header("Framegate-Attempts"));
        Assert.NotNull(answer.Header("Framegate-Overhead-Ms"));
        var item = answer.Json.At("result.media[0]");
        Assert.Equal("image", item.Text("type"));
        Assert.Equal((512, 384), (item.At("width").GetInt32(), item.At("height").GetInt32()));
        var media = await _client.GetAsync(item.Text("url"));
        AssertSame(item, media, "image/png");
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a], media.Body[..8]);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_Sora_AnswersWithTheStoredVideo()
    {
        var answer = await _client.PostAsync(Bodies.Of("sora", Bodies.Unique("A lighthouse")));

        Assert.Equal(200, answer.Status);
        var item = answer.Json.At("result.media[0]");
        Assert.Equal("video", item.Text("type"));
        Assert.Equal((720, 1280), (item.At("width").GetInt32(), item.At("height").GetInt32()));
        Assert.True(item.At("duration").GetDouble() > 0);
        var media = await _client.GetAsync(item.Text("url"));
        AssertSame(item, media, "video/mp4");
        Assert.Equal("ftyp", Encoding.ASCII.GetString(media.Body, 4, 4));
        Assert.Contains(answer.Json.At("metadata.warnings").EnumerateArray(), w => w.GetString()!.Contains("retired", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Media_RangeEtagAndHead_FollowHttp()
    {
        var item = (await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")))).Json.At("result.media[0]");
        var url = item.Text("url");
        var etag = $"\"{item.Text("sha256")}\"";

        var whole = await _client.GetAsync(url);
        Assert.Equal(etag, whole.Header("ETag"));
        Assert.Equal("nosniff", whole.Header("X-Content-Type-Options"));

        var part = await _client.GetAsync(url, ("Range", "bytes=10-19"));
        Assert.Equal(206, part.Status);
        Assert.Equal(whole.Body[10..20], part.Body);
        Assert.Equal($"bytes 10-19/{whole.Body.Length}", part.Header("Content-Range"));

        var tail = await _client.GetAsync(url, ("Range", "bytes=-5"));
        Assert.Equal(whole.Body[^5..], tail.Body);

        // Parts are counted in bytes alone.
        var items = await _client.GetAsync(url, ("Range", "items=0-1"));
        Assert.Equal((200, whole.Body.Length), (items.Status, items.Body.Length));

        Assert.Equal(416, (await _client.GetAsync(url, ("Range", $"bytes={whole.Body.Length}-"))).Status);
        Assert.Equal(200, (await _client.GetAsync(url, ("Range", "bytes=0-1"), ("If-Range", "\"other\""))).Status);

        var unchanged = await _client.GetAsync(url, ("If-None-Match", etag));
        Assert.Equal(304, unchanged.Status);
        Assert.Empty(unchanged.Body);

        var head = await _client.SendAsync(HttpMethod.Head, url);
        Assert.Equal(200, head.Status);
        Assert.Empty(head.Body);
        Assert.Equal(whole.Header("Content-Length"), head.Header("Content-Length"));
        Assert.Equal(etag, head.Header("ETag"));
    }

    [Fact]
    public async Task Post_StoredImageAsInput_IsTaken()
    {
        var first = await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")));
        var image = new JsonObject { ["image"] = "media:" + first.Json.Text("result.media[0].id") };

        var answer = await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("The same at night"), ("parameters", image)));

        Assert.Equal(200, answer.Status);
    }

    [Fact]
    public async Task Post_AnyProvider_FindsTheOneWithTheModel()
    {
        var answer = await _client.PostAsync("""{"provider":"auto","model":"flux-dev","media_type":"image","prompt":"A lighthouse"}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal("flux", answer.Json.Text("provider"));
    }

    private static void AssertSame(System.Text.Json.JsonElement item, HttpAnswer media, string contentType)
    {
        Assert.Equal(200, media.Status);
        Assert.Equal(contentType, media.Header("Content-Type"));
        Assert.Equal(contentType, item.Text("content_type"));
        Assert.Equal(item.At("bytes").GetInt64(), media.Body.Length);
        Assert.Equal(item.Text("sha256"), Convert.ToHexStringLower(SHA256.HashData(media.Body)));
        Assert.EndsWith("/media/" + item.Text("id"), item.Text("url"), StringComparison.Ordinal);
    }
}
