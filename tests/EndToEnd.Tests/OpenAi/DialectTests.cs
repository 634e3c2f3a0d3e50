using System.Net.Http.Headers;
using System.Text;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.OpenAi;

/// <summary><c>/v1</c> on the wire.</summary>
public sealed class DialectTests(Gateway gateway) : IClassFixture<Gateway>
{
    private static readonly string[] _jobKeys =
    [
        "completed_at", "created_at", "error", "expires_at", "id", "model", "object", "progress", "prompt", "remixed_from_video_id", "seconds", "size", "status",
    ];

    [Fact]
    public async Task Videos_CreatedAndRead_CarryAllThirteenKeysAndTheHeaders()
    {
        var created = await gateway.Client.PostToAsync("/v1/videos", """{"model":"runway/gen4.5","prompt":"wire: keys","seconds":5,"size":"1280x720"}""");
        var read = await gateway.Client.GetAsync("/v1/videos/" + created.Json.Text("id"));

        foreach (var answer in new[] { created, read })
        {
            Assert.True(answer.Status == 200, answer.ToString());
            Assert.Equal(_jobKeys, answer.Json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
            Assert.Equal("5", answer.Json.Text("seconds"));
            Assert.Equal("2000", answer.Header("openai-poll-after-ms"));
            Assert.Equal("runway", answer.Header("Framegate-Provider"));
            Assert.StartsWith("req_", answer.Header("x-request-id"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Content_Range_IsHonouredAndTellsBeforeItIsReady()
    {
        var id = (await gateway.Client.PostToAsync("/v1/videos", """{"model":"runway/gen4.5","prompt":"wire: range","seconds":"5","size":"1280x720"}""")).Json.Text("id");
        var early = await gateway.Client.GetAsync($"/v1/videos/{id}/content");
        await gateway.Client.EndOfAsync(id);
        var part = await gateway.Client.GetAsync($"/v1/videos/{id}/content", ("Range", "bytes=4-7"));
        var whole = await gateway.Client.GetAsync($"/v1/videos/{id}/content?variant=video");
        var still = await gateway.Client.GetAsync($"/v1/videos/{id}/content?variant=thumbnail");
        var wrong = await gateway.Client.GetAsync($"/v1/videos/{id}/content?variant=poster");

        Assert.Equal((400, "video_not_ready"), (early.Status, early.Json.Text("error.code")));
        Assert.Equal((206, "ftyp"), (part.Status, part.Text));
        Assert.Equal((200, "video/mp4"), (whole.Status, whole.Header("Content-Type")));
        Assert.Equal("ftyp"u8.ToArray(), whole.Body[4..8]);
        Assert.Equal((200, "image/jpeg"), (still.Status, still.Header("Content-Type")));
        var sheet = await gateway.Client.GetAsync($"/v1/videos/{id}/content?variant=spritesheet");
        Assert.Equal((200, "image/jpeg"), (sheet.Status, sheet.Header("Content-Type")));
        Assert.NotEqual(still.Body, sheet.Body);
        Assert.Equal(still.Body, (await gateway.Client.GetAsync($"/v1/videos/{id}/content?variant=thumbnail")).Body);
        Assert.Equal((400, "variant"), (wrong.Status, wrong.Json.Text("error.param")));
    }

    [Fact]
    public async Task Retry_CountedBySdk_JoinsTheFirstTryAlsoWhileItWaits()
    {
        const string Body = """{"model":"flux-pro-1.1","prompt":"wire: sandbox:slow=2"}""";
        var first = gateway.Client.PostToAsync("/v1/images/generations", Body, ("X-Stainless-Retry-Count", "0"));
        await Eventually.GetAsync(() => gateway.Sandbox.PaidAsync("wire: sandbox:slow=2"), paid => paid == 1);
        var second = await gateway.Client.PostToAsync("/v1/images/generations", Body, ("X-Stainless-Retry-Count", "1"));

        Assert.Equal(200, second.Status);
        Assert.Equal((await first).Json.Text("data[0].b64_json"), second.Json.Text("data[0].b64_json"));
        Assert.Equal(1, await gateway.Sandbox.PaidAsync("wire: sandbox:slow=2"));
    }

    [Fact]
    public async Task Retry_FirstTryCertainlyCostNothing_IsTriedAnew()
    {
        const string Body = """{"model":"flux-pro-1.1","prompt":"wire: sandbox:flaky=4"}""";
        var first = await gateway.Client.PostToAsync("/v1/images/generations", Body, ("X-Stainless-Retry-Count", "0"));
        var second = await gateway.Client.PostToAsync("/v1/images/generations", Body, ("X-Stainless-Retry-Count", "1"));

        Assert.True(first.Status >= 429, first.ToString());
        Assert.True(second.Status == 200, second.ToString());
    }

    [Fact]
    public async Task Retry_NothingWasBefore_IsAFirstTry()
    {
        var answer = await gateway.Client.PostToAsync(
            "/v1/images/generations", """{"model":"flux-pro-1.1","prompt":"wire: only a retry came"}""", ("X-Stainless-Retry-Count", "2"));

        Assert.Equal(200, answer.Status);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync("wire: only a retry came"));
    }

    [Fact]
    public async Task Images_SeveralAndAllFail_SaysWhy()
    {
        var answer = await gateway.Client.PostToAsync("/v1/images/generations", """{"model":"flux-pro-1.1","prompt":"wire: sandbox:moderated","n":2}""");

        Assert.Equal((400, "moderation_blocked"), (answer.Status, answer.Json.Text("error.code")));
    }

    [Fact]
    public async Task Images_MadeByTheDialect_AreGenerations()
    {
        Assert.Equal(200, (await gateway.Client.PostToAsync("/v1/images/generations", """{"model":"flux-pro-1.1","prompt":"wire: listed","quality":"high"}""")).Status);

        Assert.Contains(await gateway.Client.ListAsync(), g => g.Text("request_id").StartsWith("img_", StringComparison.Ordinal) && g.Text("status") == "success");
    }

    [Fact]
    public async Task Images_HintThatNobodyHonours_IsSaidInAHeader()
    {
        var answer = await gateway.Client.PostToAsync("/v1/images/generations", """{"model":"flux-pro-1.1","prompt":"wire: hd","quality":"hd"}""");

        Assert.Contains("quality: it was left out", answer.Header("Framegate-Warning"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Edits_JsonWithDataUrl_AreTaken()
    {
        var picture = (await gateway.Client.PostToAsync("/v1/images/generations", """{"model":"flux-pro-1.1","prompt":"wire: source"}""")).Json.Text("data[0].b64_json");
        var answer = await gateway.Client.PostToAsync(
            "/v1/images/edits",
            $$"""{"model":"flux-kontext-pro","prompt":"wire: edit","images":[{"image_url":"data:image/png;base64,{{picture}}"}],"flux":{"safety_tolerance":2},"seed":7}""");

        Assert.True(answer.Status == 200, answer.ToString());
    }

    [Theory]
    [InlineData("image", "no picture at all", "image")]
    [InlineData("mask", "no picture at all", "mask")]
    public async Task Edits_UploadIsNoPicture_NamesTheParameter(string name, string bytes, string param)
    {
        using var form = new MultipartFormDataContent { { new StringContent("flux-pro-1.0-fill"), "model" }, { new StringContent("x"), "prompt" } };
        if (name != "image")
        {
            form.Add(Picture(), "image", "a.png");
        }

        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(bytes)), name, "a.png");
        var answer = await gateway.Client.SendAsync(HttpMethod.Post, "/v1/images/edits", form);

        Assert.Equal((400, param), (answer.Status, answer.Json.Text("error.param")));
    }

    [Theory]
    [InlineData("POST", "/v1/chat/completions", 400)]
    [InlineData("PUT", "/v1/videos", 405)]
    [InlineData("GET", "/v1/videos/none", 404)]
    [InlineData("GET", "/v1/videos/none/content", 404)]
    [InlineData("DELETE", "/v1/videos/none", 404)]
    [InlineData("GET", "/v1/models/none", 404)]
    [InlineData("GET", "/v1/videos?limit=x", 400)]
    [InlineData("GET", "/v1/videos?order=up", 400)]
    [InlineData("GET", "/v1/videos?after=none", 400)]
    public async Task Errors_AnyPath_HaveOpenAisShape(string method, string path, int status)
    {
        var answer = await gateway.Client.SendAsync(new HttpMethod(method), path);

        AssertIsError(answer, status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"model\":1,\"prompt\":2}")]
    [InlineData("{\"model\":\"a\",\"model\":\"b\",\"prompt\":\"x\"}")]
    [InlineData("{\"model\":\"flux-pro-1.1\",\"prompt\":\"\\ud800\"}")]
    [InlineData("{\"model\":\"flux-pro-1.1\",\"prompt\":\"x\",\"n\":0}")]
    [InlineData("{\"model\":\"flux-pro-1.1\",\"prompt\":\"x\",\"n\":\"2\"}")]
    [InlineData("{\"model\":\"flux-pro-1.1\",\"prompt\":\"x\",\"size\":\"big\"}")]
    [InlineData("{\"model\":\"sora-2\",\"prompt\":\"x\"}")]
    public async Task Images_BadBody_IsRefusedInOpenAisShape(string body) =>
        AssertIsError(await gateway.Client.PostToAsync("/v1/images/generations", body), 400);

    [Fact]
    public async Task ClientKey_WrongOne_IsRefusedInOpenAisShape()
    {
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Sandbox = gateway.Sandbox.Address,
            Variables = new Dictionary<string, string> { ["FRAMEGATE_CLIENT_KEY"] = "right" },
        });
        var wrong = await framegate.Client.GetAsync("/v1/models", ("Authorization", "Bearer wrong"));
        var right = await framegate.Client.GetAsync("/v1/models", ("Authorization", "Bearer right"));

        AssertIsError(wrong, 401);
        Assert.Equal("invalid_api_key", wrong.Json.Text("error.code"));
        Assert.Equal(200, right.Status);
    }

    [Fact]
    public async Task Delete_RunningVideo_EndsItAndHidesIt()
    {
        var id = (await gateway.Client.PostToAsync("/v1/videos", """{"model":"runway/gen4.5","prompt":"wire: sandbox:slow=60","seconds":"5","size":"1280x720"}""")).Json.Text("id");
        var deleted = await gateway.Client.SendAsync(HttpMethod.Delete, "/v1/videos/" + id);

        Assert.True(deleted.Json.At("deleted").GetBoolean());
        AssertIsError(await gateway.Client.GetAsync("/v1/videos/" + id), 404);
        Assert.Equal("failed", (await gateway.Client.EndOfAsync(id)).Text("status"));
    }

    private static ByteArrayContent Picture()
    {
        var content = new ByteArrayContent(Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="));
        content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        return content;
    }

    private static void AssertIsError(HttpAnswer answer, int status)
    {
        Assert.True(answer.Status == status, answer.ToString());
        Assert.StartsWith("application/json", answer.Header("Content-Type"), StringComparison.Ordinal);
        Assert.StartsWith("req_", answer.Header("x-request-id"), StringComparison.Ordinal);
        Assert.Equal(["code", "message", "param", "type"], answer.Json.At("error").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
    }
}
