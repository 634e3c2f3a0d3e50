using System.Net;
using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.Luma;

public class LumaTests
{
    [Theory]
    [InlineData("submit.request")]
    [InlineData("submit.image-to-video.request")]
    [InlineData("submit.image.request")]
    public async Task Submit_SampleOfTheSheet_PassesThroughAllStates(string file)
    {
        await using var luma = await StartAsync();
        var (status, submitted) = await luma.PostAsync("v1/generations", luma.Request(file));
        Assert.Equal(201, status);
        Shapes.AssertLike(luma.Sample("submit.response"), submitted);
        luma.Advance(0.3);
        Assert.Equal("processing", (await luma.GetAsync("v1/generations/" + submitted.Text("id"))).Body.Text("state"));
        luma.Advance(2);
        var done = (await luma.GetAsync("v1/generations/" + submitted.Text("id"))).Body;
        Shapes.AssertLike(luma.Sample("poll.succeeded"), done);
        var url = done.At("output.0.url").GetString()!;
        Assert.NotEmpty(await luma.DownloadAsync(url));
        luma.Advance(3601); // links are good to the full second
        Assert.Equal(HttpStatusCode.Forbidden, (await luma.Http.GetAsync(url)).StatusCode);
        Assert.NotEmpty(await luma.DownloadAsync((await luma.GetAsync("v1/generations/" + submitted.Text("id"))).Body.At("output.0.url").GetString()!));
    }

    [Theory]
    [InlineData("sandbox:credits", 402, "error.402")]
    [InlineData("sandbox:rate-limited", 429, "error.429")]
    [InlineData("sandbox:flaky=1", 502, "error.502")]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string prompt, int expected, string file)
    {
        await using var luma = await StartAsync();
        var (status, body) = await luma.PostAsync("v1/generations", luma.Request("submit.request", prompt));
        Assert.Equal((expected, luma.Sample(file).Text("detail")), (status, body.Text("detail")));
    }

    [Theory]
    [InlineData("sandbox:moderated", "poll.failed-moderated")]
    [InlineData("sandbox:error", "poll.failed-error")]
    public async Task Poll_Failed_HasTheCode(string prompt, string file)
    {
        await using var luma = await StartAsync();
        var (_, submitted) = await luma.PostAsync("v1/generations", luma.Request("submit.request", prompt));
        luma.Advance(2);
        var failed = (await luma.GetAsync("v1/generations/" + submitted.Text("id"))).Body;
        Shapes.AssertLike(luma.Sample(file), failed);
        Assert.Equal(luma.Sample(file).Text("failure_code"), failed.Text("failure_code"));
    }

    [Theory]
    [InlineData("""{"prompt":"x","model":"ray-9"}""", "Unknown model: ray-9")]
    [InlineData("""{"prompt":"x","model":"ray-3.2","type":"video","video":{"duration":5}}""", "video.duration must be a string")]
    [InlineData("""{"prompt":"x","model":"ray-3.2","type":"video","video":{"duration":"10s","loop":true}}""", "video.duration 10s cannot be combined with loop, hdr or frames")]
    [InlineData("""{"prompt":"x","seed":1}""", "seed is not a field of this call")]
    [InlineData("""{"prompt":"x","type":"image_edit"}""", "source is required")]
    public async Task Submit_BodyWrong_Is400(string body, string detail)
    {
        await using var luma = await StartAsync();
        Assert.Equal((400, detail), await Told(luma.PostAsync("v1/generations", body)));
    }

    [Fact]
    public async Task Probe_OfARandomId_TellsTheKeyByIts404()
    {
        await using var luma = await StartAsync();
        Assert.Equal((404, "Generation not found"), await Told(luma.GetAsync("v1/generations/" + Guid.NewGuid())));
        luma.Http.DefaultRequestHeaders.Remove("Authorization");
        Assert.Equal((401, "Missing API key"), await Told(luma.GetAsync("v1/generations/" + Guid.NewGuid())));
    }

    [Fact]
    public async Task DreamMachine_SampleOfTheSheet_IsListedAndSucceeds()
    {
        await using var luma = await StartAsync();
        var (status, submitted) = await luma.PostAsync("dream-machine/v1/generations/video", luma.Request("legacy.submit.request"));
        Assert.Equal(201, status);
        Shapes.AssertLike(luma.Sample("legacy.submit.response"), submitted);
        luma.Advance(2);
        var done = (await luma.GetAsync("dream-machine/v1/generations/" + submitted.Text("id"))).Body;
        Assert.Equal("completed", done.Text("state"));
        Assert.Equal("ftyp"u8.ToArray(), (await luma.DownloadAsync(done.Text("assets", "video")))[4..8]);
        Assert.Equal(submitted.Text("id"), (await luma.GetAsync("dream-machine/v1/generations?limit=10&offset=0")).Body.At("generations.0.id").GetString());
    }

    private static Task<StandInClient> StartAsync() => StandInClient.StartAsync("luma", "Authorization", "Bearer any-key");

    private static async Task<(int Status, string Detail)> Told(Task<(int Status, System.Text.Json.JsonElement Body)> call)
    {
        var (status, body) = await call;
        return (status, body.Text("detail"));
    }
}
