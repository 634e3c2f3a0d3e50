using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.MiniMax;

public class MiniMaxTests
{
    [Theory]
    [InlineData("submit.request")]
    [InlineData("submit.image-to-video.request")]
    public async Task Submit_SampleOfTheSheet_PassesThroughAllStates(string file)
    {
        await using var minimax = await StartAsync();
        var (status, submitted) = await minimax.PostAsync("v2/video_generation", minimax.Request(file));
        Assert.Equal(200, status);
        Shapes.AssertLike(minimax.Sample("submit.response"), submitted);
        var poll = "v2/query/video_generation/" + submitted.Text("task_id");
        minimax.Advance(1);
        Shapes.AssertLike(minimax.Sample("poll.running"), (await minimax.GetAsync(poll)).Body);
        minimax.Advance(1);
        var done = (await minimax.GetAsync(poll)).Body;
        Shapes.AssertLike(minimax.Sample("poll.succeeded"), done);
        Assert.Equal("succeeded", done.Text("task", "status"));
        Assert.Equal("ftyp"u8.ToArray(), (await minimax.DownloadAsync(done.Text("task", "content", "url")))[4..8]);
        Shapes.AssertLike(minimax.Sample("list.response"), (await minimax.GetAsync("v2/query/video_generation?page_num=1&page_size=1")).Body);
        Assert.Single(minimax.Ledger);
    }

    [Theory]
    [InlineData("sandbox:credits", "error.402", 402)]
    [InlineData("sandbox:rate-limited", "error.429", 429)]
    [InlineData("sandbox:flaky=1", "error.529", 529)]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string prompt, string file, int expected)
    {
        await using var minimax = await StartAsync();
        var (status, body) = await minimax.PostAsync("v2/video_generation", minimax.Request("submit.request", prompt));
        Assert.Equal(expected, status);
        Assert.Equal(minimax.Sample(file).Text("error", "message"), body.Text("error", "message"));
        Shapes.AssertLike(minimax.Sample(file), body);
    }

    [Theory]
    [InlineData("sandbox:moderated", "failed", "1027")]
    [InlineData("sandbox:error", "failed", "1000")]
    [InlineData("sandbox:expire", "expired", null)]
    public async Task Poll_NotSucceeded_SaysWhy(string prompt, string word, string? code)
    {
        await using var minimax = await StartAsync();
        var (_, submitted) = await minimax.PostAsync("v2/video_generation", minimax.Request("submit.request", prompt));
        minimax.Advance(2);
        var task = (await minimax.GetAsync("v2/query/video_generation/" + submitted.Text("task_id"))).Body.GetProperty("task");
        Assert.Equal(word, task.Text("status"));
        Assert.Equal(code, code is null ? null : task.Text("error", "code"));
    }

    [Fact]
    public async Task Poll_JobVanished_IsAnInvalidId()
    {
        await using var minimax = await StartAsync();
        var (_, submitted) = await minimax.PostAsync("v2/video_generation", minimax.Request("submit.request", "sandbox:vanish"));
        var (status, body) = await minimax.GetAsync("v2/query/video_generation/" + submitted.Text("task_id"));
        Assert.Equal((400, "bad_request_error"), (status, body.Text("error", "type")));
        Assert.Single(minimax.Ledger);
    }

    [Theory]
    [InlineData("""{"model":"MiniMax-H3","content":[{"type":"text","text":"x"}],"resolution":"768p","ratio":"16:9"}""")]
    [InlineData("""{"model":"MiniMax-H3","content":[{"type":"text","text":"x"}],"resolution":"768P"}""")]
    [InlineData("""{"model":"MiniMax-H3-Max","content":[{"type":"text","text":"x"}],"resolution":"768P","ratio":"16:9","duration":4}""")]
    [InlineData("""{"model":"MiniMax-H3","content":[{"type":"text","text":"x"}],"resolution":"768P","ratio":"16:9","seed":1}""")]
    [InlineData("""{"model":"MiniMax-H4","content":[{"type":"text","text":"x"}],"resolution":"768P","ratio":"16:9"}""")]
    public async Task Submit_BodyWrong_Is2013(string body)
    {
        await using var minimax = await StartAsync();
        var (status, refused) = await minimax.PostAsync("v2/video_generation", body);
        Assert.Equal(400, status);
        Assert.EndsWith("(2013)", refused.Text("error", "message"));
    }

    [Fact]
    public async Task Cancel_WhileQueued_EndsItAndNotOnceItRuns()
    {
        await using var minimax = await StartAsync();
        var (_, first) = await minimax.PostAsync("v2/video_generation", minimax.Request("submit.request"));
        Assert.True((await minimax.Http.DeleteAsync("v2/video_generation/" + first.Text("task_id"))).IsSuccessStatusCode);
        Assert.Equal("cancelled", (await minimax.GetAsync("v2/query/video_generation/" + first.Text("task_id"))).Body.Text("task", "status"));
        var (_, second) = await minimax.PostAsync("v2/video_generation", minimax.Request("submit.request"));
        minimax.Advance(1);
        Assert.Equal(400, (int)(await minimax.Http.DeleteAsync("v2/video_generation/" + second.Text("task_id"))).StatusCode);
    }

    [Fact]
    public async Task Old_VideoInThreeSteps_AlwaysAnswers200()
    {
        await using var minimax = await StartAsync();
        var (_, submitted) = await minimax.PostAsync("v1/video_generation", minimax.Request("v1.submit.request"));
        Shapes.AssertLike(minimax.Sample("v1.submit.response"), submitted);
        minimax.Advance(2);
        var done = (await minimax.GetAsync("v1/query/video_generation?task_id=" + submitted.Text("task_id"))).Body;
        Shapes.AssertLike(minimax.Sample("v1.poll.succeeded"), done);
        var file = (await minimax.GetAsync("v1/files/retrieve?file_id=" + done.Text("file_id"))).Body;
        Shapes.AssertLike(minimax.Sample("v1.file.response"), file);
        Assert.Equal(done.Text("file_id"), file.At("file.file_id").GetRawText());
        Assert.Equal("ftyp"u8.ToArray(), (await minimax.DownloadAsync(file.Text("file", "download_url")))[4..8]);
        var (status, broke) = await minimax.PostAsync("v1/video_generation", minimax.Request("v1.submit.request", "sandbox:credits"));
        Assert.Equal((200, 1008), (status, broke.At("base_resp.status_code").GetInt32()));
        Shapes.AssertLike(minimax.Sample("v1.error.balance"), broke);
    }

    [Fact]
    public async Task Old_Images_PartOfThemFiltered_CountsThem()
    {
        await using var minimax = await StartAsync(o => o with { ImageTime = TimeSpan.Zero });
        var (_, body) = await minimax.PostAsync("v1/image_generation", """{"model":"image-01","prompt":"sandbox:filtered=1","n":3,"aspect_ratio":"16:9"}""");
        Shapes.AssertLike(minimax.Sample("v1.image.response"), body);
        Assert.Equal(("2", "1", 2), (body.Text("metadata", "success_count"), body.Text("metadata", "failed_count"), body.At("data.image_urls").GetArrayLength()));
        Assert.Equal(0xFF, (await minimax.DownloadAsync(body.At("data.image_urls.0").GetString()!))[0]);
    }

    private static Task<StandInClient> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null) =>
        StandInClient.StartAsync("minimax", "Authorization", "Bearer any-key", change);
}
