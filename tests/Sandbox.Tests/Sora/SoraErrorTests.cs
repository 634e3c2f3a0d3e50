using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Framegate.Sandbox.Tests.Sora;

public class SoraErrorTests
{
    [Theory]
    [InlineData("{}", "prompt", "missing_required_parameter")]
    [InlineData("""{"prompt":""}""", "prompt", "empty_string")]
    [InlineData("""{"prompt":7}""", "prompt", "invalid_type")]
    [InlineData("""{"prompt":"x","seconds":4}""", "seconds", "invalid_type")]
    [InlineData("""{"prompt":"x","seconds":"5"}""", "seconds", "invalid_value")]
    [InlineData("""{"prompt":"x","size":"1x1"}""", "size", "invalid_value")]
    [InlineData("""{"prompt":"x","size":"1792x1024"}""", "size", "invalid_value")]
    [InlineData("""{"prompt":"x","seed":1}""", "seed", "unknown_parameter")]
    [InlineData("""{"prompt":"x","input_reference":{}}""", "input_reference", "invalid_value")]
    [InlineData("""{"prompt":"x","input_reference":{"file_id":"f","image_url":"https://a.example/b.png"}}""", "input_reference", "invalid_value")]
    [InlineData("""{"prompt":"x","input_reference":{"url":"https://a.example/b.png"}}""", "input_reference.url", "unknown_parameter")]
    [InlineData("""{"prompt":"x","input_reference":{"image_url":"nowhere"}}""", "input_reference.image_url", "invalid_image_url")]
    [InlineData("""{"prompt":"x","input_reference":{"image_url":"data:image/gif;base64,AAAA"}}""", "input_reference", "unsupported_file_mimetype")]
    [InlineData("""{"prompt":"x","input_reference":{"image_url":"data:image/png;base64,AAAA"}}""", "input_reference", "invalid_image")]
    public async Task Create_FieldWrong_Answers400InOpenAiShape(string body, string param, string code)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Sora.PostJsonAsync("v1/videos", body);
        var error = (await answer.JsonAsync()).GetProperty("error");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(["message", "type", "param", "code"], error.Keys());
        Assert.Equal(("invalid_request_error", param, code), (error.Text("type"), error.Text("param"), error.Text("code")));
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Create_PromptTooLong_IsRefused()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Sora.PostJsonAsync("v1/videos", $$"""{"prompt":"{{new string('x', 32_001)}}"}""");
        Assert.Equal("string_above_max_length", (await answer.JsonAsync()).Text("error", "code"));
    }

    [Fact]
    public async Task Create_UnknownModel_Answers404AsTheSample()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Sora.PostJsonAsync("v1/videos", """{"prompt":"x","model":"sora-9"}""");
        var expected = TestSandbox.FixtureJson("sora/error.404.model.json").Text("error", "message").Replace("sora-2", "sora-9", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal(expected, (await answer.JsonAsync()).Text("error", "message"));
        Assert.Equal("model_not_found", (await answer.JsonAsync()).Text("error", "code"));
    }

    [Theory]
    [InlineData("{", "application/json")]
    [InlineData("[]", "application/json")]
    [InlineData("""{"prompt":"\udc00"}""", "application/json")]
    [InlineData("prompt=x", "text/plain")]
    [InlineData("no boundary", "multipart/form-data; boundary=b")]
    public async Task Create_BodyUnreadable_Answers400(string body, string type)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        var answer = await sandbox.Sora.PostAsync("v1/videos", content);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("invalid_request_error", (await answer.JsonAsync()).Text("error", "type"));
    }

    [Theory]
    [InlineData("GET", "v1/videos/video_none")]
    [InlineData("DELETE", "v1/videos/video_none")]
    [InlineData("GET", "v1/videos/video_none/content")]
    [InlineData("GET", "v1/videos/characters/char_none")]
    [InlineData("GET", "v1/models/nothing")]
    [InlineData("POST", "v1/chat/completions")]
    public async Task AnyCall_NothingThere_Answers404(string method, string path)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Sora.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("invalid_request_error", (await answer.JsonAsync()).Text("error", "type"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Basic right")]
    public async Task AnyCall_KeyNotTheRequiredOne_Answers401(string? header)
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { Keys = new Dictionary<string, string> { ["sora"] = "right" } });
        using var client = sandbox.Client("sora");
        if (header is not null)
        {
            client.DefaultRequestHeaders.Add("Authorization", header);
        }

        var answer = await client.GetAsync("v1/models");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("invalid_api_key", (await answer.JsonAsync()).Text("error", "code"));
    }

    [Theory]
    [InlineData("sandbox:moderated", "moderation_blocked")]
    [InlineData("sandbox:error", "server_error")]
    public async Task Poll_PromptMakesItFail_EndsFailedWithThatCode(string prompt, string code)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var id = (await (await sandbox.Sora.PostJsonAsync("v1/videos", $$"""{"prompt":"{{prompt}}"}""")).JsonAsync()).Text("id");
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var failed = await sandbox.Sora.GetJsonAsync($"v1/videos/{id}");
        Assert.Equal(TestSandbox.FixtureJson("sora/poll.failed.json").Keys(), failed.Keys());
        Assert.Equal(("failed", code), (failed.Text("status"), failed.Text("error", "code")));
        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.Sora.GetAsync($"v1/videos/{id}/content")).StatusCode);
        Assert.Equal(1, sandbox.Server.Ledger.Total);
    }

    [Theory]
    [InlineData("sandbox:rate-limited", 429, "rate_limit_exceeded")]
    [InlineData("sandbox:credits", 429, "insufficient_quota")]
    [InlineData("sandbox:flaky=1", 503, null)]
    public async Task Create_PromptRefuses_AnswersSoAndRecordsNothing(string prompt, int status, string? code)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Sora.PostJsonAsync("v1/videos", $$"""{"prompt":"{{prompt}}"}""");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(code, (await answer.JsonAsync()).GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(code == "rate_limit_exceeded", answer.Headers.Contains("x-ratelimit-reset-requests") && answer.Headers.Contains("retry-after-ms"));
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Create_Drop_IsInTheListThoughTheConnectionBreaks()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.Sora.PostJsonAsync("v1/videos", """{"prompt":"sandbox:drop"}"""));
        var list = await sandbox.Sora.GetJsonAsync("v1/videos");
        Assert.Equal(Assert.Single(sandbox.Server.Ledger.Read()).NativeId, list.Text("first_id"));
    }

    [Fact]
    public async Task Create_Hang_EndsWhenTheSandboxStops()
    {
        var sandbox = await TestSandbox.StartAsync();
        var call = sandbox.Sora.PostJsonAsync("v1/videos", """{"prompt":"sandbox:hang"}""");
        await sandbox.Sora.GetAsync("v1/models");
        Assert.False(call.IsCompleted);
        await sandbox.Server.DisposeAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => call);
        Assert.Empty(sandbox.Server.Ledger.Read());
    }
}
