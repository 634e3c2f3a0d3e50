using System.Net;
using System.Text.Json;
using SkiaSharp;

namespace Framegate.Sandbox.Tests.Sora;

public class SoraLifeCycleTests
{
    [Fact]
    public async Task Create_ThenPollAndDownload_PassesThroughAllStates()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var queued = await (await sandbox.Sora.PostJsonAsync("v1/videos", TestSandbox.Fixture("sora/submit.request.json"))).JsonAsync();
        Assert.Equal(TestSandbox.FixtureJson("sora/poll.queued.json").Keys(), queued.Keys());
        Assert.Equal("queued", queued.Text("status"));
        Assert.Equal("8", queued.Text("seconds"));

        sandbox.Time.Advance(TimeSpan.FromSeconds(1.1));
        var running = await sandbox.Sora.GetAsync($"v1/videos/{queued.Text("id")}");
        var state = await running.JsonAsync();
        Assert.Equal("in_progress", state.Text("status"));
        Assert.Equal(50, state.GetProperty("progress").GetInt32());
        Assert.Equal("900", running.Headers.GetValues("openai-poll-after-ms").Single());
        Assert.StartsWith("req_", running.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal);

        sandbox.Time.Advance(TimeSpan.FromSeconds(0.9));
        var done = await sandbox.Sora.GetJsonAsync($"v1/videos/{queued.Text("id")}");
        Assert.Equal(TestSandbox.FixtureJson("sora/poll.succeeded.json").Keys(), done.Keys());
        Assert.Equal("completed", done.Text("status"));
        Assert.Equal(100, done.GetProperty("progress").GetInt32());
        Assert.Equal(done.GetProperty("completed_at").GetInt64() + 3600, done.GetProperty("expires_at").GetInt64());

        var content = await sandbox.Sora.GetAsync($"v1/videos/{queued.Text("id")}/content");
        Assert.Equal("video/mp4", content.Content.Headers.ContentType!.MediaType);
        Assert.Equal("ftyp"u8.ToArray(), (await content.Content.ReadAsByteArrayAsync())[4..8]);
    }

    [Theory]
    [InlineData("thumbnail", "image/webp", 720, 1280)]
    [InlineData("spritesheet", "image/jpeg", 720, 640)]
    public async Task Content_OtherVariant_IsAnImage(string variant, string type, int width, int height)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var id = await FinishAsync(sandbox, """{"prompt":"x"}""");
        var content = await sandbox.Sora.GetAsync($"v1/videos/{id}/content?variant={variant}");
        Assert.Equal(type, content.Content.Headers.ContentType!.MediaType);
        using var codec = SKCodec.Create(new MemoryStream(await content.Content.ReadAsByteArrayAsync()));
        Assert.Equal((width, height), (codec.Info.Width, codec.Info.Height));
    }

    [Fact]
    public async Task Content_BeforeTheEndAndAfterExpiry_IsRefused()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var id = (await (await sandbox.Sora.PostJsonAsync("v1/videos", """{"prompt":"x"}""")).JsonAsync()).Text("id");
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.Sora.GetAsync($"v1/videos/{id}/content")).StatusCode);
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await sandbox.Sora.GetAsync($"v1/videos/{id}/content")).StatusCode);
        sandbox.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Sora.GetAsync($"v1/videos/{id}/content")).StatusCode);
    }

    [Fact]
    public async Task Create_Multipart_IsReadLikeJson()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("sora-2-pro"), "model" },
            { new StringContent("A lamp turns"), "prompt" },
            { new StringContent("12"), "seconds" },
            { new StringContent("1792x1024"), "size" },
            { new StringContent("https://assets.example.com/start.png"), "input_reference[image_url]" },
        };
        var video = await (await sandbox.Sora.PostAsync("v1/videos", form)).JsonAsync();
        Assert.Equal(("sora-2-pro", "12", "1792x1024"), (video.Text("model"), video.Text("seconds"), video.Text("size")));
    }

    [Fact]
    public async Task Create_MultipartFile_MustHaveTheSizeAskedFor()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("720x1280")).StatusCode);
        var refused = await PostAsync("1280x720");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("Inpaint image must match the requested width and height", (await refused.JsonAsync()).Text("error", "message"));

        async Task<HttpResponseMessage> PostAsync(string size)
        {
            using var bitmap = new SKBitmap(720, 1280);
            var file = new ByteArrayContent(bitmap.Encode(SKEncodedImageFormat.Png, 90).ToArray());
            file.Headers.ContentType = new("image/png");
            using var form = new MultipartFormDataContent
            {
                { new StringContent("x"), "prompt" }, { new StringContent(size), "size" }, { file, "input_reference", "start.png" },
            };
            return await sandbox.Sora.PostAsync("v1/videos", form);
        }
    }

    [Fact]
    public async Task List_PagesByCursor_InBothOrders()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        foreach (var i in Enumerable.Range(1, 5))
        {
            await sandbox.Sora.PostJsonAsync("v1/videos", $$"""{"prompt":"{{i}}"}""");
        }

        var first = await sandbox.Sora.GetJsonAsync("v1/videos?limit=3");
        Assert.Equal(["5", "4", "3"], Prompts(first));
        Assert.True(first.GetProperty("has_more").GetBoolean());
        var second = await sandbox.Sora.GetJsonAsync($"v1/videos?limit=3&after={first.Text("last_id")}");
        Assert.Equal(["2", "1"], Prompts(second));
        Assert.False(second.GetProperty("has_more").GetBoolean());
        Assert.Equal(["1", "2"], Prompts(await sandbox.Sora.GetJsonAsync("v1/videos?limit=2&order=asc")));
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.Sora.GetAsync("v1/videos?limit=101")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.Sora.GetAsync("v1/videos?order=up")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Sora.GetAsync("v1/videos?after=video_x")).StatusCode);

        static IEnumerable<string> Prompts(JsonElement page) => page.GetProperty("data").EnumerateArray().Select(v => v.Text("prompt"));
    }

    [Fact]
    public async Task Delete_OnlyWhenFinished_ForgetsTheVideo()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var id = (await (await sandbox.Sora.PostJsonAsync("v1/videos", """{"prompt":"x"}""")).JsonAsync()).Text("id");
        var early = await sandbox.Sora.DeleteAsync($"v1/videos/{id}");
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        Assert.Equal(TestSandbox.FixtureJson("sora/error.409.json").GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal),
            (await early.Content.ReadAsStringAsync()).Replace(" ", "", StringComparison.Ordinal));
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var deleted = await (await sandbox.Sora.DeleteAsync($"v1/videos/{id}")).JsonAsync();
        Assert.Equal((id, "video.deleted", true), (deleted.Text("id"), deleted.Text("object"), deleted.GetProperty("deleted").GetBoolean()));
        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Sora.GetAsync($"v1/videos/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Sora.DeleteAsync($"v1/videos/{id}")).StatusCode);
    }

    [Fact]
    public async Task RemixEditExtend_OfAFinishedVideo_MakeNewOnes()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var id = await FinishAsync(sandbox, TestSandbox.Fixture("sora/submit.request.json"));
        var remix = await (await sandbox.Sora.PostJsonAsync($"v1/videos/{id}/remix", TestSandbox.Fixture("sora/remix.request.json"))).JsonAsync();
        var edit = await (await sandbox.Sora.PostJsonAsync("v1/videos/edits", WithId("sora/edit.request.json"))).JsonAsync();
        var longer = await (await sandbox.Sora.PostJsonAsync("v1/videos/extensions", WithId("sora/extend.request.json"))).JsonAsync();

        Assert.Equal(id, remix.Text("remixed_from_video_id"));
        Assert.Equal(("sora-2-pro", "1280x720", "8"), (edit.Text("model"), edit.Text("size"), edit.Text("seconds")));
        Assert.Equal(("12", JsonValueKind.Null), (longer.Text("seconds"), longer.GetProperty("remixed_from_video_id").ValueKind));
        Assert.Equal(4, sandbox.Server.Ledger.Total);

        string WithId(string file) => TestSandbox.Fixture(file).Replace(TestSandbox.FixtureJson(file).Text("video", "id"), id, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extend_MoreThanSixTimes_IsRefused()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var id = await FinishAsync(sandbox, """{"prompt":"x"}""");
        for (var i = 0; i < 6; i++)
        {
            var video = await (await ExtendAsync(id)).JsonAsync();
            id = video.Text("id");
            sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await ExtendAsync(id)).StatusCode);

        Task<HttpResponseMessage> ExtendAsync(string source) =>
            sandbox.Sora.PostJsonAsync("v1/videos/extensions", $$$"""{"prompt":"on","seconds":"4","video":{"id":"{{{source}}}"}}""");
    }

    [Fact]
    public async Task Characters_Created_CanBeReadAndUsed()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        using var form = new MultipartFormDataContent { { new StringContent("Mo"), "name" }, { new ByteArrayContent([1, 2]), "video", "mo.mp4" } };
        var created = await (await sandbox.Sora.PostAsync("v1/videos/characters", form)).JsonAsync();
        Assert.Equal("Mo", (await sandbox.Sora.GetJsonAsync($"v1/videos/characters/{created.Text("id")}")).Text("name"));
        var used = await sandbox.Sora.PostJsonAsync("v1/videos", $$"""{"prompt":"x","characters":[{"id":"{{created.Text("id")}}"}]}""");
        Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        var unknown = await sandbox.Sora.PostJsonAsync("v1/videos", """{"prompt":"x","characters":[{"id":"char_none"}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        Assert.Equal(1, sandbox.Server.Ledger.Total);
    }

    [Fact]
    public async Task Models_Listed_IncludeBothSoraModels()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var ids = (await sandbox.Sora.GetJsonAsync("v1/models")).GetProperty("data").EnumerateArray().Select(m => m.Text("id")).ToList();
        Assert.Contains("sora-2", ids);
        Assert.Contains("sora-2-pro", ids);
    }

    private static async Task<string> FinishAsync(TestSandbox sandbox, string body)
    {
        var id = (await (await sandbox.Sora.PostJsonAsync("v1/videos", body)).JsonAsync()).Text("id");
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        return id;
    }
}
