using System.Net;
using System.Text.Json;

namespace Framegate.Sandbox.Tests.Runway;

public class RunwayErrorTests
{
    private const string Video = """{"model":"gen4.5","promptText":"A paper boat","ratio":"1280:720","duration":5}""";

    [Theory]
    [InlineData("text_to_video", """{"model":"gen4_aleph"}""", "runway/error.400-invalid-model.json")]
    [InlineData("text_to_video", """{"promptText":"x"}""", "runway/error.400-invalid-model.json")]
    [InlineData("text_to_video", """{"model":"gen4.5","promptText":"x","ratio":"1280:720","duration":5,"aspect_ratio":"16:9"}""", "runway/error.400-unknown-field.json")]
    [InlineData("text_to_video", """{"model":"gen4.5","promptText":"x","ratio":"16:9","duration":5}""", "runway/error.400-validation.json")]
    public async Task Submit_BodyWrong_AnswersAsTheSample(string endpoint, string body, string file)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Runway.PostJsonAsync("v1/" + endpoint, body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(JsonElement.DeepEquals(TestSandbox.FixtureJson(file), await answer.JsonAsync()));
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Theory]
    [InlineData("text_to_video", """{"model":"gen4.5","ratio":"1280:720","duration":5}""", "invalid_type", "promptText")]
    [InlineData("text_to_video", """{"model":"gen4.5","promptText":"","ratio":"1280:720","duration":5}""", "too_small", "promptText")]
    [InlineData("text_to_video", """{"model":"gen4.5","promptText":"x","ratio":"1280:720","duration":11}""", "too_big", "duration")]
    [InlineData("text_to_video", """{"model":"gen4.5","promptText":"x","ratio":"1280:720","duration":5.5}""", "invalid_type", "duration")]
    [InlineData("text_to_video", """{"model":"gen4.5","promptText":"x","ratio":"1280:720","duration":5,"seed":-1}""", "too_small", "seed")]
    [InlineData("text_to_video", """{"model":"veo3.1","promptText":"x","ratio":"1280:720","duration":5}""", "invalid_value", "duration")]
    [InlineData("text_to_video", """{"model":"veo3.1","promptText":"x","ratio":"1280:720","audio":"no"}""", "invalid_type", "audio")]
    [InlineData("text_to_video", """{"model":"seedance2","promptText":"x","duration":"long"}""", "invalid_union", "duration")]
    [InlineData("text_to_video", """{"model":"gen4.5","promptText":"x","ratio":"1280:720","duration":5,"contentModeration":{"x":1}}""", "unrecognized_keys", "contentModeration")]
    [InlineData("image_to_video", """{"model":"gen4_turbo","ratio":"1280:720"}""", "invalid_union", "promptImage")]
    [InlineData("image_to_video", """{"model":"gen4_turbo","ratio":"1280:720","promptImage":"http://a.example/b.png"}""", "invalid_union", "promptImage")]
    [InlineData("image_to_video", """{"model":"gen4_turbo","ratio":"1280:720","promptImage":"https://10.0.0.1/b.png"}""", "invalid_union", "promptImage")]
    [InlineData("image_to_video", """{"model":"gen4_turbo","ratio":"1280:720","promptImage":"data:image/png;base64,AAAA"}""", "invalid_union", "promptImage")]
    [InlineData("image_to_video", """{"model":"veo3.1","ratio":"1280:720","promptImage":[{"uri":"https://a.example/b.png","position":"last"}]}""", "custom", "promptImage")]
    [InlineData("image_to_video", """{"model":"seedance2","promptImage":[{"uri":"https://a.example/b.png","position":"first"},{"uri":"https://a.example/c.png"}]}""", "custom", "promptImage")]
    [InlineData("text_to_image", """{"model":"gen4_image_turbo","promptText":"x","ratio":"1024:1024"}""", "invalid_type", "referenceImages")]
    [InlineData("text_to_image", """{"model":"gen4_image","promptText":"x","ratio":"1024:1024","referenceImages":[{"uri":"https://a.example/b.png","tag":"1ab"}]}""", "custom", "referenceImages/0/tag")]
    [InlineData("text_to_image", """{"model":"seedream5_lite","promptText":"x","ratio":"100:100"}""", "custom", "ratio")]
    [InlineData("video_upscale", """{"model":"enhance_frame_rate","videoUri":"https://a.example/b.mp4","targetFramerate":60}""", "invalid_value", "targetFramerate")]
    [InlineData("text_to_image", "[]", "invalid_type", "")]
    public async Task Submit_FieldWrong_NamesItInTheIssues(string endpoint, string body, string code, string path)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Runway.PostJsonAsync("v1/" + endpoint, body);
        var error = await answer.JsonAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "Validation of body failed"), (answer.StatusCode, error.Text("error")));
        var issue = Assert.Single(error.GetProperty("issues").EnumerateArray());
        Assert.Equal((code, path), (issue.Text("code"), string.Join('/', issue.GetProperty("path").EnumerateArray())));
        Assert.NotEmpty(issue.Text("message"));
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Submit_SeveralFaults_AreAllReported()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Runway.PostJsonAsync("v1/text_to_video", """{"model":"gen4.5","ratio":"1:1","extra":1}""");
        Assert.Equal(4, (await answer.JsonAsync()).GetProperty("issues").GetArrayLength());
    }

    [Theory]
    [InlineData("sandbox:moderated", "runway/poll.failed-moderated.json", 60)]
    [InlineData("sandbox:error", "runway/poll.failed-internal.json", 0)]
    public async Task Poll_PromptMakesItFail_EndsAsTheSample(string prompt, string file, int credits)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var id = (await (await PostAsync(sandbox, prompt)).JsonAsync()).Text("id");
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var (task, expected) = (await sandbox.Runway.GetJsonAsync($"v1/tasks/{id}"), TestSandbox.FixtureJson(file));
        Assert.Equal(expected.Keys(), task.Keys());
        Assert.Equal(("FAILED", expected.Text("failure")), (task.Text("status"), task.Text("failure")));
        Assert.Equal(credits, task.GetProperty("cost").GetProperty("credits").GetInt32());
    }

    [Theory]
    [InlineData("sandbox:rate-limited", 429, "You have reached the daily generation limit for this model.")]
    [InlineData("sandbox:credits", 400, "You do not have enough credits to run this task.")]
    [InlineData("sandbox:flaky=1", 503, "Service unavailable")]
    public async Task Submit_PromptRefuses_AnswersSoAndRecordsNothing(string prompt, int status, string error)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await PostAsync(sandbox, prompt);
        Assert.Equal((status, error), ((int)answer.StatusCode, (await answer.JsonAsync()).Text("error")));
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Submit_Drop_IsPaidThoughTheConnectionBreaks()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(sandbox, "sandbox:drop"));
        var entry = Assert.Single(sandbox.Server.Ledger.Read("runway"));
        Assert.Equal(entry.NativeId, (await sandbox.Runway.GetJsonAsync($"v1/tasks/{entry.NativeId}")).Text("id"));
    }

    [Theory]
    [InlineData(null, "2024-11-06", 401)]
    [InlineData("Bearer wrong", "2024-11-06", 401)]
    [InlineData("Bearer right", null, 400)]
    [InlineData("Bearer right", "2023-01-01", 400)]
    [InlineData("Bearer right", "2024-11-06", 200)]
    public async Task AnyCall_NeedsKeyAndVersion(string? key, string? version, int status)
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { Keys = new Dictionary<string, string> { ["runway"] = "right" } });
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/organization");
        request.Headers.TryAddWithoutValidation("Authorization", key);
        request.Headers.TryAddWithoutValidation("X-Runway-Version", version);
        using var bare = sandbox.Client("runway");
        Assert.Equal(status, (int)(await bare.SendAsync(request)).StatusCode);
    }

    [Theory]
    [InlineData("GET", "v1/text_to_video", 405)]
    [InlineData("POST", "v1/text_to_music", 404)]
    [InlineData("GET", "v1/tasks/none", 404)]
    public async Task AnyCall_NothingThere_SaysSo(string method, string path, int status)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Runway.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(["error"], (await answer.JsonAsync()).Keys());
    }

    private static Task<HttpResponseMessage> PostAsync(TestSandbox sandbox, string prompt) =>
        sandbox.Runway.PostJsonAsync("v1/text_to_video", Video.Replace("A paper boat", prompt, StringComparison.Ordinal));
}
