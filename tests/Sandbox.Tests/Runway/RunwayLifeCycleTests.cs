using System.Net;
using System.Text.Json;
using SkiaSharp;

namespace Framegate.Sandbox.Tests.Runway;

public class RunwayLifeCycleTests
{
    private const string Image = """{"model":"gen4_image","promptText":"x","ratio":"1920:1080"}""";

    [Fact]
    public async Task Submit_ThenPollAndDownload_PassesThroughAllStates()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var submitted = await (await sandbox.Runway.PostJsonAsync("v1/image_to_video", TestSandbox.Fixture("runway/submit.request.json"))).JsonAsync();
        var sample = TestSandbox.FixtureJson("runway/submit.response.json");
        Assert.Equal(sample.Keys(), submitted.Keys());
        Assert.Equal(60, submitted.GetProperty("estimatedCost").GetProperty("credits").GetInt32());
        await AssertStateAsync("poll.pending.json");
        sandbox.Time.Advance(TimeSpan.FromSeconds(1.1));
        var running = await AssertStateAsync("poll.running.json");
        Assert.Equal(0.5, running.GetProperty("progress").GetDouble());
        sandbox.Time.Advance(TimeSpan.FromSeconds(1));
        var done = await AssertStateAsync("poll.succeeded.json");

        using var bare = sandbox.Client("runway");
        var link = Assert.Single(done.GetProperty("output").EnumerateArray()).GetString()!;
        Assert.Equal("ftyp"u8.ToArray(), (await bare.GetByteArrayAsync(link))[4..8]);
        Assert.Equal(HttpStatusCode.Forbidden, (await bare.GetAsync(link.Replace("sig=", "sig=A", StringComparison.Ordinal))).StatusCode);
        sandbox.Time.Advance(TimeSpan.FromHours(25));
        Assert.Equal(HttpStatusCode.Forbidden, (await bare.GetAsync(link)).StatusCode);
        var fresh = (await AssertStateAsync("poll.succeeded.json")).GetProperty("output")[0].GetString()!;
        Assert.Equal(HttpStatusCode.OK, (await bare.GetAsync(fresh)).StatusCode);

        async Task<JsonElement> AssertStateAsync(string file)
        {
            var expected = TestSandbox.FixtureJson("runway/" + file);
            var task = await sandbox.Runway.GetJsonAsync($"v1/tasks/{submitted.Text("id")}");
            Assert.Equal(expected.Keys(), task.Keys());
            Assert.Equal(expected.Text("status"), task.Text("status"));
            Assert.Equal("2026-09-01T10:15:00.000Z", task.Text("createdAt"));
            return task;
        }
    }

    [Theory]
    [InlineData("image_to_video", "submit.gen4-turbo.request.json")]
    [InlineData("image_to_video", "submit.veo-first-last.request.json")]
    [InlineData("text_to_video", "submit.text-to-video.request.json")]
    [InlineData("video_to_video", "submit.video-to-video.request.json")]
    [InlineData("text_to_image", "submit.text-to-image.request.json")]
    [InlineData("image_upscale", "submit.image-upscale.request.json")]
    [InlineData("video_upscale", "submit.video-upscale.request.json")]
    [InlineData("character_performance", "submit.character-performance.request.json")]
    public async Task Submit_SampleOfTheSheet_IsAccepted(string endpoint, string file)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Runway.PostJsonAsync("v1/" + endpoint, TestSandbox.Fixture("runway/" + file));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var entry = Assert.Single(sandbox.Server.Ledger.Read("runway"));
        Assert.Equal((await answer.JsonAsync()).Text("id"), entry.NativeId);
        Assert.Equal(TestSandbox.FixtureJson("runway/" + file).Text("model"), entry.Model);
    }

    [Theory]
    [InlineData("text_to_image", Image, SKEncodedImageFormat.Png, 1920, 1080)]
    [InlineData("text_to_image", """{"model":"muse_image","promptText":"x","ratio":"auto","outputFormat":"webp"}""", SKEncodedImageFormat.Webp, 1024, 1024)]
    [InlineData("text_to_image", """{"model":"seedream5_lite","promptText":"x","ratio":"2000:2000","outputFormat":"jpeg"}""", SKEncodedImageFormat.Jpeg, 2000, 2000)]
    [InlineData("image_upscale", """{"model":"magnific_precision_upscaler_v2","imageUri":"https://a.example/b.png","scaleFactor":4}""", SKEncodedImageFormat.Png, 2048, 2048)]
    public async Task Output_OfAnImageTask_HasTheSizeAndEncodingAskedFor(string endpoint, string body, SKEncodedImageFormat format, int width, int height)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var link = Assert.Single(await FinishAsync(sandbox, endpoint, body));
        using var codec = SKCodec.Create(new MemoryStream(await sandbox.Runway.GetByteArrayAsync(link)));
        Assert.Equal((format, width, height), (codec.EncodedFormat, codec.Info.Width, codec.Info.Height));
    }

    [Fact]
    public async Task Output_SeveralImages_DifferAndEachIsPaid()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        const string body = """{"model":"muse_image","promptText":"x","ratio":"auto","outputCount":3}""";
        var links = await FinishAsync(sandbox, "text_to_image", body);
        var images = await Task.WhenAll(links.Select(async l => Convert.ToHexString(await sandbox.Runway.GetByteArrayAsync(l))));
        Assert.Equal(3, images.Distinct().Count());
        Assert.Equal(10_000_000 - 3, (await sandbox.Runway.GetJsonAsync("v1/organization")).GetProperty("creditBalance").GetInt32());
    }

    [Theory]
    [InlineData("text_to_speech", """{"model":"eleven_multilingual_v2","promptText":"Hello there","voice":{"type":"runway-preset","presetId":"Maya"}}""", 1)]
    [InlineData("sound_effect", """{"model":"eleven_text_to_sound_v2","promptText":"rain","duration":2.5}""", 2.5)]
    public async Task Output_OfASoundTask_IsAWaveOfThatLength(string endpoint, string body, double seconds)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Runway.GetAsync(Assert.Single(await FinishAsync(sandbox, endpoint, body)));
        Assert.Equal("audio/wav", answer.Content.Headers.ContentType!.MediaType);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var data = bytes.AsSpan().IndexOf("data"u8);
        Assert.Equal("RIFF"u8.ToArray(), bytes[..4]);
        Assert.Equal(bytes.Length - 8, BitConverter.ToInt32(bytes, 4));
        Assert.Equal((int)(seconds * 16_000) * 2, BitConverter.ToInt32(bytes, data + 4));
        Assert.Equal(bytes.Length, data + 8 + BitConverter.ToInt32(bytes, data + 4));
    }

    [Fact]
    public async Task Submit_MoreThanTheAccountRunsAtOnce_WaitsThrottledThenRuns()
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { MaxActiveTasks = 1 });
        await SubmitAsync(sandbox, "text_to_image", Image);
        var second = await SubmitAsync(sandbox, "text_to_image", Image);
        var task = await sandbox.Runway.GetJsonAsync($"v1/tasks/{second}");
        Assert.Equal(("THROTTLED", true), (task.Text("status"), task.TryGetProperty("estimatedCost", out _)));
        sandbox.Time.Advance(TimeSpan.FromSeconds(0.75));
        Assert.Equal("RUNNING", (await sandbox.Runway.GetJsonAsync($"v1/tasks/{second}")).Text("status"));
        sandbox.Time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal("SUCCEEDED", (await sandbox.Runway.GetJsonAsync($"v1/tasks/{second}")).Text("status"));
    }

    [Fact]
    public async Task Delete_RunningOrFinished_LeavesNothingBehind()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var link = Assert.Single(await FinishAsync(sandbox, "text_to_image", Image));
        var finished = new Uri(link).Segments[^2].Trim('/');
        var running = await SubmitAsync(sandbox, "text_to_image", Image);
        foreach (var id in new[] { finished, running })
        {
            var first = await sandbox.Runway.DeleteAsync($"v1/tasks/{id}");
            Assert.Equal((HttpStatusCode.NoContent, 0), (first.StatusCode, (await first.Content.ReadAsByteArrayAsync()).Length));
            Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Runway.DeleteAsync($"v1/tasks/{id}")).StatusCode);
            var gone = await sandbox.Runway.GetJsonAsync($"v1/tasks/{id}");
            Assert.True(JsonElement.DeepEquals(TestSandbox.FixtureJson("runway/poll.not-found.404.json"), gone));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Runway.GetAsync(link)).StatusCode);
        Assert.Equal(2, sandbox.Server.Ledger.Total);
    }

    [Fact]
    public async Task Upload_Stored_CanBeUsedForADay()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var upload = await (await sandbox.Runway.PostJsonAsync("v1/uploads", TestSandbox.Fixture("runway/upload.request.json"))).JsonAsync();
        Assert.Equal(TestSandbox.FixtureJson("runway/upload.response.json").Keys(), upload.Keys());
        var body = $$"""{"model":"gen4_turbo","promptImage":"{{upload.Text("runwayUri")}}","ratio":"1280:720"}""";
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.Runway.PostJsonAsync("v1/image_to_video", body)).StatusCode);

        using var bare = sandbox.Client("runway");
        using var form = new MultipartFormDataContent();
        foreach (var field in upload.GetProperty("fields").EnumerateObject())
        {
            form.Add(new StringContent(field.Value.GetString()!), field.Name);
        }

        form.Add(new ByteArrayContent(new byte[512]), "file", "first-frame.png");
        Assert.Equal(HttpStatusCode.NoContent, (await bare.PostAsync(upload.Text("uploadUrl"), form)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await sandbox.Runway.PostJsonAsync("v1/image_to_video", body)).StatusCode);
        sandbox.Time.Advance(TimeSpan.FromHours(24));
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.Runway.PostJsonAsync("v1/image_to_video", body)).StatusCode);
    }

    [Fact]
    public async Task Organization_AfterATask_CountsIt()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await SubmitAsync(sandbox, "text_to_image", Image);
        var organization = await sandbox.Runway.GetJsonAsync("v1/organization");
        Assert.Equal(TestSandbox.FixtureJson("runway/organization.response.json").Keys(), organization.Keys());
        Assert.Equal(1, organization.GetProperty("usage").GetProperty("models").GetProperty("gen4_image").GetProperty("dailyGenerations").GetInt32());
        Assert.True(organization.GetProperty("tier").GetProperty("models").TryGetProperty("gen4.5", out _));
    }

    private static async Task<string> SubmitAsync(TestSandbox sandbox, string endpoint, string body)
    {
        var answer = await sandbox.Runway.PostJsonAsync("v1/" + endpoint, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.JsonAsync()).Text("id");
    }

    private static async Task<IReadOnlyList<string>> FinishAsync(TestSandbox sandbox, string endpoint, string body)
    {
        var id = await SubmitAsync(sandbox, endpoint, body);
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        return [.. (await sandbox.Runway.GetJsonAsync($"v1/tasks/{id}")).GetProperty("output").EnumerateArray().Select(l => l.GetString()!)];
    }
}
