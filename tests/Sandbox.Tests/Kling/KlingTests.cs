using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.Kling;

public class KlingTests
{
    [Theory]
    [InlineData("text-to-video/kling-3.0", "submit.request")]
    [InlineData("image-to-video/kling-3.0", "submit.image-to-video.request")]
    [InlineData("omni-video/kling-3.0-omni", "submit.omni.request")]
    public async Task Submit_SampleOfTheSheet_PassesThroughAllStates(string path, string file)
    {
        await using var kling = await StartAsync();
        var (status, submitted) = await kling.PostAsync(path, kling.Request(file));
        Assert.Equal(200, status);
        Shapes.AssertLike(kling.Sample("submit.response"), submitted);
        var poll = "tasks?task_ids=" + submitted.Text("data", "id");
        Assert.Equal("submitted", (await kling.GetAsync(poll)).Body.At("data.0.status").GetString());
        kling.Advance(1);
        var running = (await kling.GetAsync(poll)).Body;
        Shapes.AssertLike(kling.Sample("poll.running"), running);
        Assert.Equal("processing", running.At("data.0.status").GetString());
        kling.Advance(1);
        var done = (await kling.GetAsync(poll)).Body;
        Shapes.AssertLike(kling.Sample("poll.succeeded"), done);
        Assert.Equal("ftyp"u8.ToArray(), (await kling.DownloadAsync(done.At("data.0.outputs.0.url").GetString()!))[4..8]);
        Assert.Equal(path.Split('/')[1], Assert.Single(kling.Ledger).Model);
    }

    [Theory]
    [InlineData("sandbox:credits", 429, "error.429-credits")]
    [InlineData("sandbox:rate-limited", 429, "error.429")]
    [InlineData("sandbox:flaky=1", 503, "error.503")]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string prompt, int expected, string file)
    {
        await using var kling = await StartAsync();
        var (status, body) = await kling.PostAsync("text-to-video/kling-3.0", kling.Request("submit.request", prompt));
        Assert.Equal((expected, kling.Sample(file).At("code").GetInt32()), (status, body.At("code").GetInt32()));
        Assert.Empty(kling.Ledger);
    }

    [Fact]
    public async Task Submit_UnknownModelOrBadKey_AnswersAsTheSample()
    {
        await using var kling = await StartAsync(o => o with { Keys = new Dictionary<string, string> { ["kling"] = "right" } });
        Assert.Equal((401, 1002), Told(await kling.PostAsync("text-to-video/kling-3.0", kling.Request("submit.request"))));
        kling.Http.DefaultRequestHeaders.Authorization = new("Bearer", "right");
        Assert.Equal((404, 1203), Told(await kling.PostAsync("text-to-video/kling-9", kling.Request("submit.request"))));
        Assert.Equal((400, 1201), Told(await kling.GetAsync("tasks")));
    }

    [Theory]
    [InlineData("""{"prompt":"x","settings":{"duration":"5"}}""")]
    [InlineData("""{"prompt":"x","settings":{"duration":2}}""")]
    [InlineData("""{"prompt":"x","settings":{"resolution":"1080P"}}""")]
    [InlineData("""{"prompt":"x","negative_prompt":"y"}""")]
    [InlineData("""{"settings":{}}""")]
    public async Task Submit_BodyWrong_Is1201(string body)
    {
        await using var kling = await StartAsync();
        Assert.Equal((400, 1201), Told(await kling.PostAsync("text-to-video/kling-3.0", body)));
    }

    [Fact]
    public async Task Find_ByTheCallersId_TellsTheJobOrNothing_AndRefusesItTwice()
    {
        await using var kling = await StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => kling.PostAsync("text-to-video/kling-3.0", kling.Request("submit.request", "sandbox:drop")));
        var found = (await kling.GetAsync("tasks?external_task_ids=att_01JD5Z")).Body;
        Assert.Equal(Assert.Single(kling.Ledger).NativeId, found.At("data.0.id").GetString());
        Assert.Equal(0, (await kling.GetAsync("tasks?external_task_ids=att_none")).Body.At("data").GetArrayLength());
        Assert.Equal((400, 1201), Told(await kling.PostAsync("text-to-video/kling-3.0", kling.Request("submit.request"))));
    }

    [Theory]
    [InlineData("sandbox:moderated", "Failure to pass the risk control system")]
    [InlineData("sandbox:error", "Internal generation error")]
    public async Task Poll_Failed_SaysWhyInTheMessage(string prompt, string message)
    {
        await using var kling = await StartAsync();
        var (_, submitted) = await kling.PostAsync("text-to-video/kling-3.0", kling.Request("submit.request", prompt));
        kling.Advance(2);
        var task = (await kling.GetAsync("tasks?task_ids=" + submitted.Text("data", "id"))).Body;
        Assert.Equal(("failed", message), (task.At("data.0.status").GetString(), task.At("data.0.message").GetString()));
    }

    [Fact]
    public async Task Old_SignedToken_WorksUntilItsEndAndOnlyThere()
    {
        await using var kling = await StartAsync(o => o with { Keys = new Dictionary<string, string> { ["kling"] = "AK:SK" } });
        var now = new DateTimeOffset(2026, 9, 1, 10, 15, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        kling.Http.DefaultRequestHeaders.Authorization = new("Bearer", Token("AK", "SK", now));
        var (status, submitted) = await kling.PostAsync("v1/videos/image2video", kling.Request("legacy.submit.request"));
        Assert.Equal(200, status);
        Shapes.AssertLike(kling.Sample("legacy.submit.response"), submitted);
        Assert.Equal((401, 1002), Told(await kling.PostAsync("text-to-video/kling-3.0", kling.Request("submit.request"))));
        kling.Advance(2);
        Shapes.AssertLike(kling.Sample("legacy.poll.succeeded"), (await kling.GetAsync("v1/videos/image2video/" + submitted.Text("data", "task_id"))).Body);
        kling.Advance(1800);
        Assert.Equal((401, 1004), Told(await kling.GetAsync("v1/videos/image2video/x")));
        kling.Http.DefaultRequestHeaders.Authorization = new("Bearer", Token("AK", "other", now + 1800));
        Assert.Equal((401, 1002), Told(await kling.GetAsync("v1/videos/image2video/x")));
    }

    private static Task<StandInClient> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null) =>
        StandInClient.StartAsync("kling", "Authorization", "Bearer any-key", change);

    private static (int Status, int Code) Told((int Status, System.Text.Json.JsonElement Body) answer) => (answer.Status, answer.Body.At("code").GetInt32());

    private static string Token(string access, string secret, long now)
    {
        var text = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)
            + "." + Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"iss":"{{access}}","exp":{{now + 1800}},"nbf":{{now - 5}}}"""));
        return text + "." + Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(text)));
    }
}
