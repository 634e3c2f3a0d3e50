using System.Net;
using System.Text.Json;

namespace Framegate.Sandbox.Tests.Pika;

public class PikaErrorTests
{
    private const string TextToVideo = "fal-ai/pika/v2.2/text-to-video";

    [Theory]
    [InlineData("""{"prompt":"x","aspect_ratio":"7:3"}""", "pika/error.422.json")]
    [InlineData("""{}""", "pika/error.422-missing.json")]
    [InlineData("""{"prompt":"sandbox:moderated"}""", "pika/poll.failed-moderated.json")]
    [InlineData("""{"prompt":"sandbox:error"}""", "pika/poll.failed-internal.json")]
    public async Task Result_RequestFails_AnswersAsTheSample(string body, string file)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var expected = TestSandbox.FixtureJson(file);
        var (status, result) = await EndAsync(sandbox, TextToVideo, body);
        var type = expected.GetProperty("detail")[0].Text("type");
        Assert.Equal(("COMPLETED", type), (status.Text("status"), status.Text("error_type")));
        Assert.NotEmpty(status.Text("error"));
        Assert.Equal(type == "internal_server_error" ? 500 : 422, (int)result.StatusCode);
        Assert.Equal(type == "internal_server_error" ? "true" : "false", result.Headers.GetValues("X-Fal-Retryable").Single());
        Assert.True(JsonElement.DeepEquals(expected, await result.JsonAsync()));
        Assert.Equal(1, sandbox.Server.Ledger.Total);
    }

    [Theory]
    [InlineData("v2.2/text-to-video", """{"prompt":7}""", "string_type", "body/prompt")]
    [InlineData("v2.2/text-to-video", """{"prompt":"x","duration":7}""", "one_of", "body/duration")]
    [InlineData("v2.2/text-to-video", """{"prompt":"x","seed":"1"}""", "int_type", "body/seed")]
    [InlineData("v2.2/image-to-video", """{"prompt":"x","image_url":"nowhere"}""", "file_download_error", "body/image_url")]
    [InlineData("v2.2/image-to-video", """{"prompt":"x","image_url":"data:image/png;base64,AAAA"}""", "image_load_error", "body/image_url")]
    [InlineData("v2.2/pikaframes", """{"image_urls":["https://a.example/a.png"]}""", "sequence_too_short", "body/image_urls")]
    [InlineData("v2.2/pikaframes", """{"image_urls":["https://a.example/a.png","b"]}""", "file_download_error", "body/image_urls/1")]
    [InlineData("v2.2/pikaframes", """{"image_urls":["https://a.example/a.png","https://a.example/b.png"],"transitions":[{"duration":26}]}""", "value_error", "body/transitions")]
    [InlineData("v1.5/pikaffects", """{"image_url":"https://a.example/a.png","pikaffect":"Fly"}""", "one_of", "body/pikaffect")]
    public async Task Result_InputWrong_NamesTheField(string endpoint, string body, string type, string location)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var (_, result) = await EndAsync(sandbox, "fal-ai/pika/" + endpoint, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, result.StatusCode);
        var fault = Assert.Single((await result.JsonAsync()).GetProperty("detail").EnumerateArray());
        Assert.Equal((type, location), (fault.Text("type"), string.Join('/', fault.GetProperty("loc").EnumerateArray())));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("10")]
    [InlineData("\"5\"")]
    [InlineData("\"10\"")]
    public async Task Result_DurationAsNumberOrText_IsFine(string duration)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var (status, result) = await EndAsync(sandbox, TextToVideo, $$"""{"prompt":"x","duration":{{duration}},"unknown":1}""");
        Assert.Equal(HttpStatusCode.OK, result.StatusCode);
        Assert.False(status.TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData("sandbox:rate-limited", 429, "pika/error.429.json")]
    [InlineData("sandbox:flaky=1", 503, "pika/error.503-scheduling.json")]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string prompt, int status, string file)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Pika.PostJsonAsync(TextToVideo, $$"""{"prompt":"{{prompt}}"}""");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.True(JsonElement.DeepEquals(TestSandbox.FixtureJson(file), await answer.JsonAsync()));
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Submit_NoCredits_IsALockedUser()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Pika.PostJsonAsync(TextToVideo, """{"prompt":"sandbox:credits"}""");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.StartsWith("User is locked. Reason: Exhausted balance.", (await answer.JsonAsync()).Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_NoJson_Answers400()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Pika.PostJsonAsync(TextToVideo, "{");
        Assert.Equal((HttpStatusCode.BadRequest, "bad_request"), (answer.StatusCode, (await answer.JsonAsync()).Text("error_type")));
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Submit_Drop_IsPaidThoughTheConnectionBreaks()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.Pika.PostJsonAsync(TextToVideo, """{"prompt":"sandbox:drop"}"""));
        var id = Assert.Single(sandbox.Server.Ledger.Read("pika")).NativeId;
        Assert.Equal("IN_QUEUE", (await sandbox.Pika.GetJsonAsync($"fal-ai/pika/requests/{id}/status")).Text("status"));
    }

    [Theory]
    [InlineData(null, 401, "pika/error.401.json")]
    [InlineData("Bearer right", 401, "pika/error.401-format.json")]
    [InlineData("Key wrong", 401, "pika/error.401.json")]
    [InlineData("Key right", 404, "pika/error.404-unknown-model.json")]
    public async Task AnyCall_KeyWrongOrNothingThere_AnswersAsTheSample(string? header, int status, string file)
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { Keys = new Dictionary<string, string> { ["pika"] = "right" } });
        using var bare = sandbox.Client("pika");
        bare.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        var answer = await bare.PostJsonAsync("fal-ai/pika/v9/text-to-video", "{}");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.True(JsonElement.DeepEquals(TestSandbox.FixtureJson(file), await answer.JsonAsync()));
    }

    [Fact]
    public async Task Pricing_WithoutKey_IsRefusedInThePlatformsShape()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        using var bare = sandbox.Client("pika");
        var answer = await bare.GetAsync("v1/models/pricing");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.True(JsonElement.DeepEquals(TestSandbox.FixtureJson("pika/health.error.401.json"), await answer.JsonAsync()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/status")]
    [InlineData("/status/stream")]
    public async Task Request_Unknown_Answers404(string path)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Pika.GetAsync("fal-ai/pika/requests/none" + path)).StatusCode);
    }

    /// <summary>Submits, waits for the end, and gives the last status and the result.</summary>
    private static async Task<(JsonElement Status, HttpResponseMessage Result)> EndAsync(TestSandbox sandbox, string endpoint, string body)
    {
        var answer = await sandbox.Pika.PostJsonAsync(endpoint, body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var submitted = await answer.JsonAsync();
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        return (await sandbox.Pika.GetJsonAsync(submitted.Text("status_url")), await sandbox.Pika.GetAsync(submitted.Text("response_url")));
    }
}
