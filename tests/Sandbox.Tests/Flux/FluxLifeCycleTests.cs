using System.Net;
using System.Text.Json;
using SkiaSharp;

namespace Framegate.Sandbox.Tests.Flux;

public class FluxLifeCycleTests
{
    [Fact]
    public async Task Submit_ThenPollAndDownload_GivesThePictureAskedFor()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var submitted = await (await sandbox.Flux.PostJsonAsync("v1/flux-pro-1.1", TestSandbox.Fixture("flux/submit.request.json"))).JsonAsync();
        Assert.Equal(["id", "polling_url", "cost", "input_mp", "output_mp"], submitted.Keys());
        Assert.Equal(4, submitted.GetProperty("cost").GetDouble());
        Assert.Equal(0.79, submitted.GetProperty("output_mp").GetDouble());

        sandbox.Time.Advance(TimeSpan.FromSeconds(0.3));
        var pending = await sandbox.Flux.GetJsonAsync(submitted.Text("polling_url"));
        Assert.Equal(TestSandbox.FixtureJson("flux/poll.pending-progress.json").Keys(), pending.Keys());
        Assert.Equal("Pending", pending.Text("status"));
        Assert.InRange(pending.GetProperty("progress").GetDouble(), 0.5, 0.6);

        sandbox.Time.Advance(TimeSpan.FromSeconds(0.2));
        var ready = await sandbox.Flux.GetJsonAsync(submitted.Text("polling_url"));
        Assert.Equal("Ready", ready.Text("status"));
        Assert.Equal(TestSandbox.FixtureJson("flux/poll.succeeded.json").GetProperty("result").Keys(), ready.GetProperty("result").Keys());
        Assert.Equal(42, ready.GetProperty("result").GetProperty("seed").GetInt64());

        using var anonymous = new HttpClient();
        var download = await anonymous.GetAsync(ready.Text("result", "sample"));
        Assert.Equal("image/jpeg", download.Content.Headers.ContentType!.MediaType);
        using var image = SKBitmap.Decode(await download.Content.ReadAsByteArrayAsync());
        Assert.Equal((1024, 768), (image.Width, image.Height));
    }

    [Theory]
    [InlineData("flux-pro-1.1", """{"prompt":"x"}""", 1024, 768)]
    [InlineData("flux-dev", """{"prompt":"x","width":512,"height":256}""", 512, 256)]
    [InlineData("flux-pro-1.1-ultra", """{"prompt":"x","aspect_ratio":"1:1"}""", 2048, 2048)]
    [InlineData("flux-kontext-pro", """{"prompt":"x"}""", 1024, 1024)]
    [InlineData("flux-kontext-max", """{"prompt":"x","aspect_ratio":"16:9"}""", 1360, 768)]
    [InlineData("flux-2-pro", """{"prompt":"x","width":0}""", 1024, 1024)]
    [InlineData("flux-2-klein-4b", """{"prompt":"x","width":80,"height":1600}""", 80, 1600)]
    public async Task Sample_NoFormatAsked_IsPngOfTheModelsSize(string model, string body, int width, int height)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var sample = await FinishAsync(sandbox, model, body);
        var bytes = await sample.Content.ReadAsByteArrayAsync();
        Assert.Equal("image/png", sample.Content.Headers.ContentType!.MediaType);
        using var codec = SKCodec.Create(new MemoryStream(bytes));
        Assert.Equal(SKEncodedImageFormat.Png, codec.EncodedFormat);
        Assert.Equal((width, height), (codec.Info.Width, codec.Info.Height));
    }

    [Fact]
    public async Task Sample_EditOfAnImage_FollowsItsSize()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        using var bitmap = new SKBitmap(640, 320);
        var image = Convert.ToBase64String(bitmap.Encode(SKEncodedImageFormat.Png, 90).ToArray());
        Assert.Equal((640, 320), await SizeAsync("flux-pro-1.0-fill", $$"""{"image":"{{image}}"}"""));
        Assert.Equal((740, 320), await SizeAsync("flux-pro-1.0-expand", $$"""{"image":"{{image}}","left":100}"""));
        Assert.Equal((640, 320), await SizeAsync("flux-2-flex", $$"""{"prompt":"x","input_image":"{{image}}"}"""));
        Assert.Equal((640, 320), await SizeAsync("flux-pro-1.0-depth", $$"""{"prompt":"x","control_image":"{{image}}"}"""));

        async Task<(int, int)> SizeAsync(string model, string body)
        {
            using var codec = SKCodec.Create(new MemoryStream(await (await FinishAsync(sandbox, model, body)).Content.ReadAsByteArrayAsync()));
            return (codec.Info.Width, codec.Info.Height);
        }
    }

    [Fact]
    public async Task Sample_SameSeedPromptAndSize_HasTheSameBytes()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        const string Body = """{"prompt":"a fox","seed":5,"width":256,"height":256}""";
        var first = await (await FinishAsync(sandbox, "flux-dev", Body)).Content.ReadAsByteArrayAsync();
        var second = await (await FinishAsync(sandbox, "flux-dev", Body)).Content.ReadAsByteArrayAsync();
        var other = await (await FinishAsync(sandbox, "flux-dev", Body.Replace("5,", "6,", StringComparison.Ordinal))).Content.ReadAsByteArrayAsync();
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [Fact]
    public async Task Poll_OtherRegionThanTheOneThatAccepted_FindsNoTask()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var submitted = await (await sandbox.Flux.PostJsonAsync("eu2/v1/flux-dev", """{"prompt":"x"}""")).JsonAsync();
        var id = submitted.Text("id");
        Assert.Equal($"/eu2/v1/get_result?id={id}", new Uri(submitted.Text("polling_url")).PathAndQuery);
        Assert.Equal(HttpStatusCode.OK, (await sandbox.Flux.GetAsync(submitted.Text("polling_url"))).StatusCode);
        foreach (var elsewhere in new[] { $"v1/get_result?id={id}", $"eu1/v1/get_result?id={id}", $"us1/v1/get_result?id={id}" })
        {
            var answer = await sandbox.Flux.GetAsync(elsewhere);
            var body = await answer.JsonAsync();
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal("Task not found", body.Text("status"));
            Assert.Equal(TestSandbox.FixtureJson("flux/poll.task-not-found.404.json").Keys(), body.Keys());
        }
    }

    [Fact]
    public async Task Submit_WithWebhook_HasNoPollingUrl()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var body = await (await sandbox.Flux.PostJsonAsync("v1/flux-pro-1.1", TestSandbox.Fixture("flux/submit.webhook.request.json"))).JsonAsync();
        Assert.Equal(["id", "status", "webhook_url", "cost", "input_mp", "output_mp"], body.Keys());
    }

    [Fact]
    public async Task Sample_AfterItsExpiry_Answers403()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var url = (await FinishAsync(sandbox, "flux-dev", """{"prompt":"x"}""")).RequestMessage!.RequestUri!;
        Assert.Contains("se=2026-09-01T10%3A25%3A01Z", url.Query, StringComparison.Ordinal); // 10 minutes after the end, rounded up

        sandbox.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(HttpStatusCode.OK, (await sandbox.Flux.GetAsync(url)).StatusCode);
        sandbox.Time.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Forbidden, (await sandbox.Flux.GetAsync(url)).StatusCode);
    }

    [Fact]
    public async Task Sample_ChangedSignatureOrMethod_IsRefused()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var url = (await FinishAsync(sandbox, "flux-dev", """{"prompt":"x"}""")).RequestMessage!.RequestUri!.ToString();
        Assert.Equal(HttpStatusCode.Forbidden, (await sandbox.Flux.GetAsync(url.Replace("2026-09-01", "2027-09-01", StringComparison.Ordinal))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Flux.PostAsync(url, null)).StatusCode);
        var head = await sandbox.Flux.SendAsync(new HttpRequestMessage(HttpMethod.Head, url));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal("image/png", head.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Video_Finished_IsAnMp4WithItsCostSettled()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var submitted = await (await sandbox.Flux.PostJsonAsync("v1/flux-3-video", TestSandbox.Fixture("flux/submit.flux3-video.request.json"))).JsonAsync();
        Assert.Equal(JsonValueKind.Null, submitted.GetProperty("cost").ValueKind);
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var ready = await sandbox.Flux.GetJsonAsync(submitted.Text("polling_url"));
        Assert.Equal(60, ready.GetProperty("cost").GetDouble());
        Assert.Equal(["sample"], ready.GetProperty("result").Keys());
        var clip = await sandbox.Flux.GetAsync(ready.Text("result", "sample"));
        Assert.Equal("video/mp4", clip.Content.Headers.ContentType!.MediaType);
        Assert.Equal("ftyp"u8.ToArray(), (await clip.Content.ReadAsByteArrayAsync())[4..8]);
    }

    private static async Task<HttpResponseMessage> FinishAsync(TestSandbox sandbox, string model, string body)
    {
        var submitted = await (await sandbox.Flux.PostJsonAsync("v1/" + model, body)).JsonAsync();
        sandbox.Time.Advance(TimeSpan.FromSeconds(0.5));
        var ready = await sandbox.Flux.GetJsonAsync(submitted.Text("polling_url"));
        return await sandbox.Flux.GetAsync(ready.Text("result", "sample"));
    }
}
