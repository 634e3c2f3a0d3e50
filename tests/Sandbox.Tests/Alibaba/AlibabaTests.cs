using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.Alibaba;

public class AlibabaTests
{
    private const string Video = "api/v1/services/aigc/video-generation/video-synthesis";

    [Theory]
    [InlineData("submit.request")]
    [InlineData("submit.image-to-video.request")]
    [InlineData("submit.legacy-size.request")]
    public async Task Submit_SampleOfTheSheet_PassesThroughAllStates(string file)
    {
        await using var wan = await StartAsync();
        var (status, submitted) = await wan.PostAsync(Video, wan.Request(file));
        Assert.Equal(200, status);
        Shapes.AssertLike(wan.Sample("submit.response"), submitted);
        var poll = "api/v1/tasks/" + submitted.Text("output", "task_id");
        Shapes.AssertLike(wan.Sample("poll.pending"), (await wan.GetAsync(poll)).Body);
        wan.Advance(1);
        Assert.Equal("RUNNING", (await wan.GetAsync(poll)).Body.Text("output", "task_status"));
        wan.Advance(1);
        var done = (await wan.GetAsync(poll)).Body;
        Shapes.AssertLike(wan.Sample("poll.succeeded"), done);
        Assert.Equal("ftyp"u8.ToArray(), (await wan.DownloadAsync(done.Text("output", "video_url")))[4..8]);
        wan.Advance(86_400);
        var (gone, unknown) = await wan.GetAsync(poll);
        Assert.Equal(200, gone);
        Shapes.AssertLike(wan.Sample("poll.unknown"), unknown);
        Assert.Single(wan.Ledger);
    }

    [Theory]
    [InlineData("sandbox:credits", 400, "error.400-arrears")]
    [InlineData("sandbox:rate-limited", 429, "error.429")]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string prompt, int expected, string file)
    {
        await using var wan = await StartAsync();
        var (status, body) = await wan.PostAsync(Video, wan.Request("submit.request", prompt));
        Assert.Equal((expected, wan.Sample(file).Text("code")), (status, body.Text("code")));
        Assert.Empty(wan.Ledger);
    }

    [Theory]
    [InlineData("""{"model":"wan9","input":{"prompt":"x"}}""", 404, "ModelNotFound")]
    [InlineData("""{"model":"wan3.0-video","input":{"prompt":"x"},"parameters":{"resolution":"720p"}}""", 400, "InvalidParameter")]
    [InlineData("""{"model":"wan3.0-video","input":{"prompt":"x","negative_prompt":"y"}}""", 400, "InvalidParameter")]
    [InlineData("""{"model":"wan3.0-video","input":{"prompt":"x"},"parameters":{"size":"1280*720"}}""", 400, "InvalidParameter")]
    [InlineData("""{"model":"wan2.5-t2v-preview","input":{"prompt":"x"},"parameters":{"size":"1280x720"}}""", 400, "InvalidParameter")]
    [InlineData("""{"model":"wan2.5-t2v-preview","input":{"prompt":"x"},"parameters":{"duration":7}}""", 400, "InvalidParameter")]
    [InlineData("""{"model":"wan2.7-i2v-2026-04-25","input":{"prompt":"x"}}""", 400, "InvalidParameter")]
    public async Task Submit_BodyWrong_IsRefused(string body, int expected, string code)
    {
        await using var wan = await StartAsync();
        var (status, refused) = await wan.PostAsync(Video, body);
        Assert.Equal((expected, code), (status, refused.Text("code")));
    }

    [Fact]
    public async Task Submit_WithoutTheHeader_CountsAsACallThatWaits()
    {
        await using var wan = await StartAsync();
        wan.Http.DefaultRequestHeaders.Remove("X-DashScope-Async");
        var (status, body) = await wan.PostAsync(Video, wan.Request("submit.request"));
        Assert.Equal((403, wan.Sample("error.403-sync").Text("message")), (status, body.Text("message")));
    }

    [Theory]
    [InlineData("sandbox:moderated", "poll.failed-moderated")]
    [InlineData("sandbox:error", "poll.failed-error")]
    public async Task Poll_Failed_HasTheCode(string prompt, string file)
    {
        await using var wan = await StartAsync();
        var (_, submitted) = await wan.PostAsync(Video, wan.Request("submit.request", prompt));
        wan.Advance(2);
        var task = (await wan.GetAsync("api/v1/tasks/" + submitted.Text("output", "task_id"))).Body;
        Shapes.AssertLike(wan.Sample(file), task);
        Assert.Equal(wan.Sample(file).Text("output", "code"), task.Text("output", "code"));
    }

    [Fact]
    public async Task Cancel_WhilePending_EndsIt_AndIsTooLateOnceItRuns()
    {
        await using var wan = await StartAsync();
        var (_, submitted) = await wan.PostAsync(Video, wan.Request("submit.request"));
        var path = "api/v1/tasks/" + submitted.Text("output", "task_id");
        Shapes.AssertLike(wan.Sample("cancel.ok"), (await wan.PostAsync(path + "/cancel", "{}")).Body);
        Assert.Equal("CANCELED", (await wan.GetAsync(path)).Body.Text("output", "task_status"));
        Assert.Equal(400, (await wan.PostAsync(path + "/cancel", "{}")).Status);
        Assert.Equal(1, (await wan.GetAsync("api/v1/tasks?page_size=1")).Body.At("total").GetInt32());
    }

    [Fact]
    public async Task Image_AsTaskAndAtOnce_HasChoices()
    {
        const string body = """{"model":"wan2.6-image","input":{"messages":[{"role":"user","content":[{"text":"a boat"}]}]},"parameters":{"size":"1280*1280","n":1}}""";
        await using var wan = await StartAsync(o => o with { ImageTime = TimeSpan.Zero });
        var (_, submitted) = await wan.PostAsync("api/v1/services/aigc/image-generation/generation", body);
        var done = (await wan.GetAsync("api/v1/tasks/" + submitted.Text("output", "task_id"))).Body;
        Shapes.AssertLike(wan.Sample("image.poll.succeeded"), done);
        var (_, once) = await wan.PostAsync("api/v1/services/aigc/multimodal-generation/generation", body);
        Assert.Equal(0x89, (await wan.DownloadAsync(once.At("output.choices.0.message.content.0.image").GetString()!))[0]);
        var (status, refused) = await wan.PostAsync("api/v1/services/aigc/multimodal-generation/generation",
            body.Replace("a boat", "sandbox:moderated", StringComparison.Ordinal));
        Assert.Equal((400, "DataInspectionFailed"), (status, refused.Text("code")));
    }

    private static async Task<StandInClient> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null)
    {
        var client = await StandInClient.StartAsync("alibaba", "Authorization", "Bearer sk-any", change);
        client.Http.DefaultRequestHeaders.Add("X-DashScope-Async", "enable");
        return client;
    }
}
