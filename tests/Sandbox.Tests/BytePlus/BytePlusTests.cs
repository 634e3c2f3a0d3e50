using System.Net;
using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.BytePlus;

public class BytePlusTests
{
    private const string Tasks = "api/v3/contents/generations/tasks";

    [Theory]
    [InlineData("submit.request")]
    [InlineData("submit.image-to-video.request")]
    [InlineData("submit.references.request")]
    public async Task Submit_SampleOfTheSheet_PassesThroughAllStates(string file)
    {
        await using var ark = await StartAsync();
        var (status, submitted) = await ark.PostAsync(Tasks, ark.Request(file));
        Assert.Equal(200, status);
        Shapes.AssertLike(ark.Sample("submit.response"), submitted);
        ark.Advance(1);
        Shapes.AssertLike(ark.Sample("poll.running"), (await ark.GetAsync($"{Tasks}/{submitted.Text("id")}")).Body);
        ark.Advance(1);
        var done = (await ark.GetAsync($"{Tasks}/{submitted.Text("id")}")).Body;
        Shapes.AssertLike(ark.Sample("poll.succeeded"), done);
        Assert.Equal("ftyp"u8.ToArray(), (await ark.DownloadAsync(done.Text("content", "video_url")))[4..8]);
        ark.Advance(86_400);
        Assert.Equal(HttpStatusCode.Forbidden, (await ark.Http.GetAsync(done.Text("content", "video_url"))).StatusCode);
        Assert.Equal(1, (await ark.GetAsync(Tasks + "?page_num=1&page_size=10&filter.status=succeeded")).Body.At("total").GetInt32());
    }

    [Theory]
    [InlineData("sandbox:credits", 403, "error.403-overdue")]
    [InlineData("sandbox:rate-limited", 429, "error.429")]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string prompt, int expected, string file)
    {
        await using var ark = await StartAsync();
        var (status, body) = await ark.PostAsync(Tasks, ark.Request("submit.request", prompt));
        Assert.Equal((expected, ark.Sample(file).Text("error", "code")), (status, body.Text("error", "code")));
        Shapes.AssertLike(ark.Sample(file), body);
    }

    [Theory]
    [InlineData("sandbox:moderated", "failed", "OutputVideoSensitiveContentDetected")]
    [InlineData("sandbox:error", "failed", "InternalServiceError")]
    [InlineData("sandbox:expire", "expired", null)]
    public async Task Poll_NotSucceeded_SaysWhy(string prompt, string word, string? code)
    {
        await using var ark = await StartAsync();
        var (_, submitted) = await ark.PostAsync(Tasks, ark.Request("submit.request", prompt));
        ark.Advance(2);
        var task = (await ark.GetAsync($"{Tasks}/{submitted.Text("id")}")).Body;
        Assert.Equal((word, code), (task.Text("status"), code is null ? null : task.Text("error", "code")));
    }

    [Theory]
    [InlineData("""{"model":"dreamina-seedance-9","content":[{"type":"text","text":"x"}]}""", 404, "InvalidEndpointOrModel.NotFound")]
    [InlineData("""{"model":"dreamina-seedance-2-0-260128","content":[{"type":"text","text":"x"}],"duration":16}""", 400, "InvalidParameter")]
    [InlineData("""{"model":"dreamina-seedance-2-0-260128","content":[{"type":"text","text":"x"}],"resolution":"720P"}""", 400, "InvalidParameter")]
    [InlineData("""{"model":"dreamina-seedance-2-0-fast-260128","content":[{"type":"text","text":"x"}],"resolution":"1080p"}""", 400, "InvalidParameter")]
    [InlineData("""{"model":"dreamina-seedance-2-0-260128","content":[{"type":"text","text":"x"}],"seed":3}""", 400, "InvalidParameter")]
    [InlineData("""{"model":"dreamina-seedance-2-0-260128"}""", 400, "MissingParameter")]
    public async Task Submit_BodyWrong_IsRefused(string body, int expected, string code)
    {
        await using var ark = await StartAsync();
        var (status, refused) = await ark.PostAsync(Tasks, body);
        Assert.Equal((expected, code), (status, refused.Text("error", "code")));
    }

    [Fact]
    public async Task Image_OnceFilteredOnceGood_AnswersAsTheSamples()
    {
        await using var ark = await StartAsync(o => o with { ImageTime = TimeSpan.Zero });
        var (_, good) = await ark.PostAsync("api/v3/images/generations", ark.Request("image.submit.request"));
        Shapes.AssertLike(ark.Sample("image.response"), good);
        Assert.Equal("2048x2048", good.At("data.0.size").GetString());
        Assert.Equal(0xFF, (await ark.DownloadAsync(good.At("data.0.url").GetString()!))[0]);
        var (status, refused) = await ark.PostAsync("api/v3/images/generations", ark.Request("image.submit.request", "sandbox:moderated"));
        Assert.Equal(200, status);
        Shapes.AssertLike(ark.Sample("image.all-refused.response"), refused);
        Assert.Equal(2, ark.Ledger.Count);
    }

    [Fact]
    public async Task Cancel_WhileQueued_EndsIt()
    {
        await using var ark = await StartAsync();
        var (_, submitted) = await ark.PostAsync(Tasks, ark.Request("submit.request"));
        Assert.Equal(HttpStatusCode.NoContent, (await ark.Http.DeleteAsync($"{Tasks}/{submitted.Text("id")}")).StatusCode);
        Assert.Equal("cancelled", (await ark.GetAsync($"{Tasks}/{submitted.Text("id")}")).Body.Text("status"));
    }

    private static Task<StandInClient> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null) =>
        StandInClient.StartAsync("byteplus", "Authorization", "Bearer any-key", change);
}
