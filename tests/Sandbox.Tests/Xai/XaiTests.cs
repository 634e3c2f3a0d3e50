using System.Net;
using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.Xai;

public class XaiTests
{
    [Theory]
    [InlineData("submit.request", 8_400_000_000)]
    [InlineData("submit.image-to-video.request", 15_200_000_000)]
    [InlineData("submit.references.request", 4_040_000_000)]
    public async Task Video_SampleOfTheSheet_Is202UntilTheEnd(string file, long ticks)
    {
        await using var xai = await StartAsync();
        var (status, submitted) = await xai.PostAsync("v1/videos/generations", xai.Request(file));
        Assert.Equal(200, status);
        Shapes.AssertLike(xai.Sample("submit.response"), submitted);
        var poll = "v1/videos/" + submitted.Text("request_id");
        var queued = await xai.Http.GetAsync(poll);
        Assert.Equal((HttpStatusCode.Accepted, ""), (queued.StatusCode, await queued.Content.ReadAsStringAsync()));
        xai.Advance(1);
        var (code, running) = await xai.GetAsync(poll);
        Assert.Equal(202, code);
        Shapes.AssertLike(xai.Sample("poll.pending"), running);
        xai.Advance(1);
        var done = (await xai.GetAsync(poll)).Body;
        Shapes.AssertLike(xai.Sample("poll.succeeded"), done);
        Assert.Equal(ticks, done.At("usage.cost_in_usd_ticks").GetInt64());
        Assert.Equal("ftyp"u8.ToArray(), (await xai.DownloadAsync(done.Text("video", "url")))[4..8]);
    }

    [Theory]
    [InlineData("sandbox:moderated", "poll.failed-moderated")]
    [InlineData("sandbox:error", "poll.failed-unavailable")]
    [InlineData("sandbox:expire", "poll.expired")]
    public async Task Video_NotSucceeded_AnswersAsTheSample(string prompt, string file)
    {
        await using var xai = await StartAsync();
        var (_, submitted) = await xai.PostAsync("v1/videos/generations", xai.Request("submit.request", prompt));
        xai.Advance(2);
        Shapes.AssertLike(xai.Sample(file), (await xai.GetAsync("v1/videos/" + submitted.Text("request_id"))).Body);
    }

    [Theory]
    [InlineData("v1/videos/generations", "submit.request", "sandbox:credits", 403, "error.403-credits")]
    [InlineData("v1/images/generations", "image.submit.request", "sandbox:credits", 429, "error.429-credits")]
    [InlineData("v1/images/generations", "image.submit.request", "sandbox:rate-limited", 429, "error.429")]
    [InlineData("v1/videos/generations", "submit.request", "sandbox:flaky=1", 503, "error.503")]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string path, string file, string prompt, int expected, string sample)
    {
        await using var xai = await StartAsync();
        var (status, body) = await xai.PostAsync(path, xai.Request(file, prompt));
        Assert.Equal((expected, xai.Sample(sample).Text("error")), (status, body.Text("error")));
        Assert.Empty(xai.Ledger);
    }

    [Theory]
    [InlineData("""{"model":"grok-imagine-video","prompt":"x","resolution":"1080p"}""", 400)]
    [InlineData("""{"model":"grok-imagine-video-1.5","prompt":"x","duration":16}""", 400)]
    [InlineData("""{"model":"grok-imagine-video-1.5","prompt":"x","duration":"6"}""", 422)]
    [InlineData("""{"model":"grok-imagine-video-1.5","prompt":"x","seed":1}""", 400)]
    [InlineData("""{"model":"grok-imagine-video-1.5"}""", 400)]
    [InlineData("""{"model":"grok-imagine-video-9","prompt":"x"}""", 404)]
    public async Task Video_BodyWrong_IsRefused(string body, int expected)
    {
        await using var xai = await StartAsync();
        Assert.Equal(expected, (await xai.PostAsync("v1/videos/generations", body)).Status);
    }

    [Fact]
    public async Task Image_BothFormats_HaveTheExactCost()
    {
        await using var xai = await StartAsync();
        var (_, inline) = await xai.PostAsync("v1/images/generations", xai.Request("image.submit.request"));
        Shapes.AssertLike(xai.Sample("image.response"), inline);
        Assert.Equal((2, 1_600_000_000L), (inline.GetProperty("data").GetArrayLength(), inline.At("usage.cost_in_usd_ticks").GetInt64()));
        Assert.Equal(0xFF, inline.At("data.0.b64_json").GetBytesFromBase64()[0]);
        var (_, linked) = await xai.PostAsync("v1/images/edits", xai.Request("image.edit.request"));
        Shapes.AssertLike(xai.Sample("image.url.response"), linked);
        Assert.Equal(0xFF, (await xai.DownloadAsync(linked.At("data.0.url").GetString()!))[0]);
    }

    [Fact]
    public async Task Image_Moderated_IsRefusedAndBilled()
    {
        await using var xai = await StartAsync();
        var (status, body) = await xai.PostAsync("v1/images/generations", xai.Request("image.submit.request", "sandbox:moderated"));
        Assert.Equal(400, status);
        Shapes.AssertLike(xai.Sample("error.400-moderated"), body);
        Assert.Single(xai.Ledger);
        var (_, part) = await xai.PostAsync("v1/images/generations", xai.Request("image.submit.request", "sandbox:filtered=1"));
        Assert.False(part.At("data.0.respect_moderation").GetBoolean());
        Assert.True(part.At("data.1").TryGetProperty("b64_json", out _));
    }

    [Fact]
    public async Task AnyCall_KeyWrong_Is400AndWithout401()
    {
        await using var xai = await StartAsync(o => o with { Keys = new Dictionary<string, string> { ["xai"] = "right" } });
        var (status, body) = await xai.GetAsync("v1/api-key");
        Assert.Equal(400, status);
        Assert.StartsWith("Incorrect API key provided", body.Text("error"));
        xai.Http.DefaultRequestHeaders.Remove("Authorization");
        Assert.Equal((401, xai.Sample("error.401").Text("error")), ((await xai.GetAsync("v1/api-key")).Status, (await xai.GetAsync("v1/api-key")).Body.Text("error")));
    }

    [Fact]
    public async Task Speech_IsPlayable()
    {
        await using var xai = await StartAsync();
        using var answer = await xai.Http.PostJsonAsync("v1/tts", """{"text":"The boat leaves at dawn.","voice_id":"eve","language":"en"}""");
        Assert.Equal("audio/mpeg", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("ID3"u8.ToArray(), (await answer.Content.ReadAsByteArrayAsync())[..3]);
    }

    private static Task<StandInClient> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null) =>
        StandInClient.StartAsync("xai", "Authorization", "Bearer xai-any", o => (change?.Invoke(o) ?? o) with { ImageTime = TimeSpan.Zero });
}
