using System.Net;
using System.Text.Json;

namespace Framegate.Sandbox.Tests.Veo;

public class VeoVertexTests
{
    private const string Model = "projects/my-project/locations/us-central1/publishers/google/models/veo-3.1-generate-001";

    private const string Express = "publishers/google/models/veo-3.1-generate-001";

    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Submit_WithBucket_WritesThereAndServesItWithAToken(string version)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var name = await SubmitAsync(sandbox, TestSandbox.Fixture("veo-vertex/submit.request.json"), version);
        Assert.Matches($"^{Model}/operations/[0-9a-f-]{{36}}$", name);
        Assert.Equal(["name"], (await FetchAsync(sandbox, name, version)).Keys());
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));

        var done = await FetchAsync(sandbox, name, version);
        var sample = TestSandbox.FixtureJson("veo-vertex/poll.succeeded.json");
        Assert.Equal(sample.Keys(), done.Keys());
        Assert.Equal(sample.GetProperty("response").Keys(), done.GetProperty("response").Keys());
        Assert.Equal(sample.Text("response", "@type"), done.Text("response", "@type"));
        var video = done.GetProperty("response").GetProperty("videos")[0];
        Assert.Matches(@"^gs://my-bucket/veo/\d{19,20}/sample_0\.mp4$", video.Text("gcsUri"));
        Assert.Equal("video/mp4", video.Text("mimeType"));

        var path = "storage/v1/b/my-bucket/o/" + Uri.EscapeDataString(video.Text("gcsUri")["gs://my-bucket/".Length..]);
        var bytes = await sandbox.Vertex.GetByteArrayAsync(path + "?alt=media");
        Assert.Equal("ftyp"u8.ToArray(), bytes[4..8]);
        Assert.Equal($"{bytes.Length}", (await sandbox.Vertex.GetJsonAsync(path)).Text("size"));
        using var bare = sandbox.Client("veo");
        Assert.Equal(HttpStatusCode.Unauthorized, (await bare.GetAsync(path + "?alt=media")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Vertex.GetAsync(path.Replace("my-bucket", "other", StringComparison.Ordinal))).StatusCode);
    }

    [Fact]
    public async Task Submit_WithoutBucket_AnswersWithTheBytes()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var name = await SubmitAsync(sandbox, TestSandbox.Fixture("veo-vertex/submit.inline.request.json"));
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var video = (await FetchAsync(sandbox, name)).GetProperty("response").GetProperty("videos")[0];
        Assert.Equal(["bytesBase64Encoded", "mimeType"], video.Keys());
        Assert.Equal("ftyp"u8.ToArray(), video.GetProperty("bytesBase64Encoded").GetBytesFromBase64()[4..8]);
    }

    [Fact]
    public async Task Submit_FourSamples_AreFourDifferentClips()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var name = await SubmitAsync(sandbox, """{"instances":[{"prompt":"x"}],"parameters":{"sampleCount":4}}""");
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var videos = (await FetchAsync(sandbox, name)).GetProperty("response").GetProperty("videos").EnumerateArray();
        Assert.Equal(4, videos.Select(v => v.Text("bytesBase64Encoded")).Distinct().Count());
    }

    [Theory]
    [InlineData("submit.image.request.json")]
    [InlineData("submit.references.request.json")]
    [InlineData("submit.extend.request.json")]
    [InlineData("submit.aisdk.request.json")]
    public async Task Submit_SampleOfTheSheet_IsAccepted(string file)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await SubmitAsync(sandbox, TestSandbox.Fixture("veo-vertex/" + file));
        Assert.Equal(1, sandbox.Server.Ledger.Total);
    }

    [Theory]
    [InlineData("""{"sampleCount":5}""", "sampleCount out of bound.")]
    [InlineData("""{"durationSeconds":7}""", "durationSeconds out of bound.")]
    [InlineData("""{"storageUri":"https://bucket"}""", "`storageUri` must be")]
    [InlineData("""{"enhancePrompt":false}""", "false for enhancePrompt")]
    [InlineData("""{"generateAudio":"yes"}""", "Invalid value at 'generateAudio'")]
    [InlineData("""{"resizeMode":"crop"}""", "`resizeMode` isn't supported")]
    [InlineData("""{"personGeneration":"nobody"}""", "nobody for personGeneration")]
    [InlineData("""{"unknown":1}""", "`unknown` isn't supported")]
    public async Task Submit_ParameterWrong_Answers400(string parameters, string message)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Vertex.PostJsonAsync($"v1/{Model}:predictLongRunning", $$"""{"instances":[{"prompt":"x"}],"parameters":{{parameters}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(message, (await answer.JsonAsync()).Text("error", "message"), StringComparison.Ordinal);
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Express_WithKey_NamesOperationsWithoutProject()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var name = (await (await sandbox.Gemini.PostJsonAsync($"v1beta1/{Express}:predictLongRunning", """{"instances":[{"prompt":"x"}]}""")).JsonAsync()).Text("name");
        Assert.StartsWith($"{Express}/operations/", name, StringComparison.Ordinal);
        var polled = await sandbox.Gemini.PostJsonAsync($"v1beta1/{Express}:fetchPredictOperation", $$"""{"operationName":"{{name}}"}""");
        Assert.Equal(name, (await polled.JsonAsync()).Text("name"));
    }

    [Fact]
    public async Task Fetch_NameOfAnotherModelOrUnknown_IsRefused()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var name = await SubmitAsync(sandbox, """{"instances":[{"prompt":"x"}]}""");
        var other = await sandbox.Vertex.PostJsonAsync(
            $"v1/{Model.Replace("3.1", "3.0", StringComparison.Ordinal)}:fetchPredictOperation", $$"""{"operationName":"{{name}}"}""");
        var unknown = await sandbox.Vertex.PostJsonAsync(
            $"v1/{Model}:fetchPredictOperation", $$"""{"operationName":"{{Model}}/operations/{{Guid.Empty}}"}""");
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.NotFound), (other.StatusCode, unknown.StatusCode));
    }

    [Fact]
    public async Task Submit_ModelUnknown_AnswersAsTheSample()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Vertex.PostJsonAsync($"v1/{Model.Replace("-001", "-preview", StringComparison.Ordinal)}:predictLongRunning", "{}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.True(JsonElement.DeepEquals(TestSandbox.FixtureJson("veo-vertex/error.404.json"), await answer.JsonAsync()));
    }

    [Theory]
    [InlineData("sandbox:rate-limited", 429, "RESOURCE_EXHAUSTED", "RetryInfo")]
    [InlineData("sandbox:credits", 403, "PERMISSION_DENIED", "ErrorInfo")]
    [InlineData("sandbox:flaky=1", 503, "UNAVAILABLE", null)]
    public async Task Submit_PromptRefuses_AnswersSoAndRecordsNothing(string prompt, int code, string status, string? detail)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Vertex.PostJsonAsync($"v1/{Model}:predictLongRunning", $$"""{"instances":[{"prompt":"{{prompt}}"}]}""");
        var error = (await answer.JsonAsync()).GetProperty("error");
        Assert.Equal((code, status), ((int)answer.StatusCode, error.Text("status")));
        Assert.Equal(detail, error.TryGetProperty("details", out var details) ? details[0].Text("@type").Split('.').Last() : null);
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Fetch_Moderated_EndsAsTheSample()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var name = await SubmitAsync(sandbox, """{"instances":[{"prompt":"sandbox:moderated"}]}""");
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var expected = TestSandbox.FixtureJson("veo-vertex/poll.filtered.json").GetProperty("response");
        Assert.True(JsonElement.DeepEquals(expected, (await FetchAsync(sandbox, name)).GetProperty("response")));
    }

    [Fact]
    public async Task Fetch_Error_CarriesTheGrpcCode()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var name = await SubmitAsync(sandbox, """{"instances":[{"prompt":"sandbox:error"}]}""");
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(13, (await FetchAsync(sandbox, name)).GetProperty("error").GetProperty("code").GetInt32());
    }

    private static async Task<string> SubmitAsync(TestSandbox sandbox, string body, string version = "v1")
    {
        var answer = await sandbox.Vertex.PostJsonAsync($"{version}/{Model}:predictLongRunning", body);
        var json = await answer.JsonAsync();
        Assert.Equal(["name"], json.Keys());
        return json.Text("name");
    }

    private static async Task<JsonElement> FetchAsync(TestSandbox sandbox, string name, string version = "v1") =>
        await (await sandbox.Vertex.PostJsonAsync($"{version}/{Model}:fetchPredictOperation", $$"""{"operationName":"{{name}}"}""")).JsonAsync();
}
