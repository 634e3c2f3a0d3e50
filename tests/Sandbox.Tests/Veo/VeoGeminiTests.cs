using System.Net;
using System.Text.Json;

namespace Framegate.Sandbox.Tests.Veo;

public class VeoGeminiTests
{
    private const string Model = "veo-3.1-generate-preview";

    private const string Submit = $"v1beta/models/{Model}:predictLongRunning";

    private static readonly string Pixel = TestSandbox.FixtureJson("veo/submit.image.request.json").GetProperty("instances")[0].GetProperty("image").GetRawText();

    [Theory]
    [InlineData("v1beta")]
    [InlineData("v1")]
    public async Task Submit_ThenPollAndDownload_EndsWithAClip(string version)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var submitted = await (await sandbox.Gemini.PostJsonAsync(
            $"{version}/models/{Model}:predictLongRunning", TestSandbox.Fixture("veo/submit.request.json"))).JsonAsync();
        Assert.Equal(["name"], submitted.Keys());
        var name = submitted.Text("name");
        Assert.Matches($"^models/{Model}/operations/[a-z0-9]+$", name);
        Assert.Equal(["name"], (await sandbox.Gemini.GetJsonAsync($"{version}/{name}")).Keys());

        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var done = await sandbox.Gemini.GetJsonAsync($"{version}/{name}");
        var sample = TestSandbox.FixtureJson("veo/poll.succeeded.json");
        Assert.Equal(sample.Keys(), done.Keys());
        Assert.Equal(sample.Text("response", "@type"), done.Text("response", "@type"));
        Assert.Equal(["generatedSamples"], done.GetProperty("response").GetProperty("generateVideoResponse").Keys());
        var uri = Uri(done);
        Assert.Matches("/v1beta/files/[a-z0-9]+:download\\?alt=media$", uri);

        var bytes = await sandbox.Gemini.GetByteArrayAsync(uri);
        Assert.Equal("ftyp"u8.ToArray(), bytes[4..8]);
        Assert.Equal(name, Assert.Single(sandbox.Server.Ledger.Read()).NativeId);
    }

    [Theory]
    [InlineData("submit.minimal.request.json")]
    [InlineData("submit.image.request.json")]
    [InlineData("submit.lastframe.request.json")]
    [InlineData("submit.references.request.json")]
    [InlineData("submit.webhook.request.json")]
    public async Task Submit_SampleOfTheSheet_IsAccepted(string file)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Gemini.PostJsonAsync(Submit, TestSandbox.Fixture("veo/" + file));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, sandbox.Server.Ledger.Total);
    }

    [Theory]
    [InlineData("""{"generateAudio":true}""", "`generateAudio` isn't supported by this model.")]
    [InlineData("""{"numberOfVideos":2}""", "`numberOfVideos` isn't supported by this model.")]
    [InlineData("""{"storageUri":"gs://a/"}""", "`storageUri` isn't supported by this model.")]
    [InlineData("""{"durationSeconds":9}""", "durationSeconds out of bound. Please provide a value between 4 and 8, inclusive.")]
    [InlineData("""{"durationSeconds":5}""", "durationSeconds out of bound. Please provide a value between 4 and 8, inclusive.")]
    [InlineData("""{"durationSeconds":4.5}""", "Invalid value at 'durationSeconds': expected an integer.")]
    [InlineData("""{"sampleCount":2}""", "sampleCount out of bound. Please provide a value between 1 and 1, inclusive.")]
    [InlineData("""{"aspectRatio":"1:1"}""", "1:1 for aspectRatio is currently not supported.")]
    [InlineData("""{"resolution":"480p"}""", "480p for resolution is currently not supported.")]
    [InlineData("""{"resolution":"1080p","durationSeconds":6}""", "Your use case is currently not supported.")]
    [InlineData("""{"personGeneration":"allow_adult"}""", "allow_adult for personGeneration is currently not supported.")]
    [InlineData("""{"seed":4294967296}""", "seed out of bound.")]
    public async Task Submit_ParameterWrong_Answers400InGooglesShape(string parameters, string message)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await AssertInvalidAsync(sandbox, Submit, $$"""{"instances":[{"prompt":"x"}],"parameters":{{parameters}}}""", message);
    }

    [Theory]
    [InlineData("""{}""", "`prompt` is required.")]
    [InlineData("""{"prompt":7}""", "Invalid value at 'instances[0].prompt'")]
    [InlineData("""{"prompt":"x","image":{"inlineData":{}}}""", "`inlineData` isn't supported by this model.")]
    [InlineData("""{"prompt":"x","image":{"gcsUri":"gs://a/b","mimeType":"image/png"}}""", "`gcsUri` isn't supported by this model.")]
    [InlineData("""{"prompt":"x","image":{"bytesBase64Encoded":"AAAA","mimeType":"image/png"}}""", "Unable to process input image.")]
    [InlineData("""{"prompt":"x","lastFrame":PIXEL}""", "Your use case is currently not supported.")]
    [InlineData("""{"prompt":"x","image":PIXEL,"referenceImages":[{"image":PIXEL,"referenceType":"asset"}]}""", "Your use case")]
    [InlineData("""{"prompt":"x","referenceImages":[{"image":PIXEL,"referenceType":"style"}]}""", "style for referenceType")]
    [InlineData("""{"prompt":"x","video":{"uri":"https://generativelanguage.googleapis.com/v1beta/files/none0:download?alt=media"}}""", "The input video")]
    [InlineData("""{"prompt":"x","video":{"uri":"x","encoding":"video/mp4"}}""", "`encoding` isn't supported by this model.")]
    public async Task Submit_InstanceWrong_Answers400(string instance, string message)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await AssertInvalidAsync(sandbox, Submit, $$"""{"instances":[{{instance.Replace("PIXEL", Pixel, StringComparison.Ordinal)}}]}""", message);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"prompt":"x"}""")]
    [InlineData("""{"instances":[]}""")]
    [InlineData("""{"instances":[{"prompt":"\ud800"}]}""")]
    public async Task Submit_NoUsableBody_Answers400(string body)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await AssertInvalidAsync(sandbox, Submit, body, "");
    }

    [Fact]
    public async Task Submit_LiteWithNegativePrompt_AnswersAsTheSample()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Gemini.PostJsonAsync(
            "v1beta/models/veo-3.1-lite-generate-preview:predictLongRunning", """{"instances":[{"prompt":"x"}],"parameters":{"negativePrompt":"y"}}""");
        await AssertSameAsync("veo/error.400.negativeprompt.json", answer);
    }

    [Fact]
    public async Task Submit_ModelGone_AnswersAsTheSample()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Gemini.PostJsonAsync("v1beta/models/veo-3.0-generate-preview:predictLongRunning", "{}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("is no longer available", (await answer.JsonAsync()).Text("error", "message"), StringComparison.Ordinal);
        var unknown = await sandbox.Gemini.GetJsonAsync("v1beta/models/veo-3.1-generate-001");
        Assert.Equal("NOT_FOUND", unknown.Text("error", "status"));
    }

    [Fact]
    public async Task Submit_ExtensionOfOwnClip_IsAcceptedWhateverHostTheAddressHas()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var uri = await FinishAsync(sandbox, "first");
        var moved = "https://gateway.example.com" + new Uri(uri).PathAndQuery;
        foreach (var address in new[] { uri, moved })
        {
            var answer = await sandbox.Gemini.PostJsonAsync(
                Submit, $$$"""{"instances":[{"prompt":"on","video":{"uri":"{{{address}}}"}}],"parameters":{"resolution":"720p","personGeneration":"allow_all"}}""");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Download_SdkAppendsTheWholeAddress_IsFoundAllTheSame()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var uri = await FinishAsync(sandbox, "x");
        var broken = await sandbox.Gemini.GetAsync("v1beta/files/" + uri.Replace("?", "%3F", StringComparison.Ordinal) + ":download?alt=media");
        Assert.Equal("video/mp4", broken.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Download_WithoutKeyOrAfterTwoDays_IsRefused()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var uri = await FinishAsync(sandbox, "x");
        using var bare = sandbox.Client("veo");
        await AssertSameAsync("veo/error.403.missing-key.json", await bare.GetAsync(uri));
        Assert.Equal(HttpStatusCode.OK, (await bare.GetAsync(uri + "&key=k")).StatusCode);
        sandbox.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Gemini.GetAsync(uri)).StatusCode);
    }

    [Fact]
    public async Task AnyCall_KeyNotTheRequiredOne_Answers400WithTheReason()
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { Keys = new Dictionary<string, string> { ["veo"] = "right" } });
        var answer = await sandbox.Gemini.GetAsync("v1beta/models?pageSize=1");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("API_KEY_INVALID", (await answer.JsonAsync()).GetProperty("error").GetProperty("details")[0].Text("reason"));
        using var bare = sandbox.Client("veo");
        Assert.Single((await bare.GetJsonAsync("v1beta/models?pageSize=1&key=right")).GetProperty("models").EnumerateArray());
    }

    [Fact]
    public async Task Model_Known_IsDescribedAsTheSample()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var model = await sandbox.Gemini.GetJsonAsync("v1beta/models/" + Model);
        Assert.True(JsonElement.DeepEquals(TestSandbox.FixtureJson("veo/models.get.response.json"), model));
    }

    [Theory]
    [InlineData("sandbox:moderated", "veo/poll.filtered.json")]
    [InlineData("sandbox:error", "veo/poll.failed.json")]
    public async Task Poll_PromptMakesItFail_EndsAsTheSample(string prompt, string file)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var name = await SubmitAsync(sandbox, prompt);
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var operation = await (await sandbox.Gemini.GetAsync("v1beta/" + name)).Content.ReadAsStringAsync();
        var expected = TestSandbox.Fixture(file).Replace(TestSandbox.FixtureJson(file).Text("name"), name, StringComparison.Ordinal);
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(expected).RootElement, JsonDocument.Parse(operation).RootElement));
    }

    [Theory]
    [InlineData("sandbox:flaky=1", "veo/error.503.json")]
    [InlineData("sandbox:credits", "veo/error.429.credits.json")]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string prompt, string file)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Gemini.PostJsonAsync(Submit, $$"""{"instances":[{"prompt":"{{prompt}}"}]}""");
        await AssertSameAsync(file, answer);
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Submit_RateLimited_SaysWhenToComeAgain()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Gemini.PostJsonAsync(Submit, """{"instances":[{"prompt":"sandbox:rate-limited"}]}""");
        var error = (await answer.JsonAsync()).GetProperty("error");
        Assert.Equal((HttpStatusCode.TooManyRequests, "RESOURCE_EXHAUSTED"), (answer.StatusCode, error.Text("status")));
        Assert.Equal("1s", error.GetProperty("details").EnumerateArray().Last().Text("retryDelay"));
        Assert.Equal("QuotaFailure", error.GetProperty("details")[0].Text("@type").Split('.').Last());
    }

    [Fact]
    public async Task Poll_UnknownOrOfAnotherModel_Answers404()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var name = await SubmitAsync(sandbox, "x");
        foreach (var path in new[] { name.Replace("3.1", "3.0", StringComparison.Ordinal), $"models/{Model}/operations/none", "nothing/here" })
        {
            Assert.Equal("NOT_FOUND", (await sandbox.Gemini.GetJsonAsync("v1beta/" + path)).Text("error", "status"));
        }
    }

    [Fact]
    public async Task Submit_Drop_IsPaidThoughTheConnectionBreaks()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => sandbox.Gemini.PostJsonAsync(Submit, """{"instances":[{"prompt":"sandbox:drop"}]}"""));
        Assert.Equal("veo-3.1-generate-preview", Assert.Single(sandbox.Server.Ledger.Read("veo")).Model);
    }

    private static string Uri(JsonElement operation) =>
        operation.GetProperty("response").GetProperty("generateVideoResponse").GetProperty("generatedSamples")[0].Text("video", "uri");

    private static async Task<string> SubmitAsync(TestSandbox sandbox, string prompt) =>
        (await (await sandbox.Gemini.PostJsonAsync(Submit, $$"""{"instances":[{"prompt":"{{prompt}}"}]}""")).JsonAsync()).Text("name");

    private static async Task<string> FinishAsync(TestSandbox sandbox, string prompt)
    {
        var name = await SubmitAsync(sandbox, prompt);
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        return Uri(await sandbox.Gemini.GetJsonAsync("v1beta/" + name));
    }

    private static async Task AssertInvalidAsync(TestSandbox sandbox, string path, string body, string message)
    {
        var answer = await sandbox.Gemini.PostJsonAsync(path, body);
        var error = (await answer.JsonAsync()).GetProperty("error");
        Assert.Equal(["code", "message", "status"], error.Keys());
        Assert.Equal((HttpStatusCode.BadRequest, 400, "INVALID_ARGUMENT"), (answer.StatusCode, error.GetProperty("code").GetInt32(), error.Text("status")));
        Assert.StartsWith(message, error.Text("message"), StringComparison.Ordinal);
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    private static async Task AssertSameAsync(string file, HttpResponseMessage answer)
    {
        var expected = TestSandbox.FixtureJson(file);
        Assert.Equal(expected.GetProperty("error").GetProperty("code").GetInt32(), (int)answer.StatusCode);
        Assert.True(JsonElement.DeepEquals(expected, await answer.JsonAsync()));
    }
}
