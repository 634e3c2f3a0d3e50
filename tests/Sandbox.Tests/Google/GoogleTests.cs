using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.Google;

public class GoogleTests
{
    private const string Banana = "v1beta/models/gemini-nano-banana-2.1:generateContent";

    [Theory]
    [InlineData(Banana, "submit.request", "submit.response")]
    [InlineData(Banana, "submit.edit.request", "submit.response")]
    [InlineData("v1/projects/p/locations/global/publishers/google/models/gemini-3.1-flash-image:generateContent", "submit.vertex.request", "submit.response")]
    public async Task Image_SampleOfTheSheet_IsInlineWithItsTokens(string path, string file, string expected)
    {
        await using var google = await StartAsync();
        var (status, body) = await google.PostAsync(path, google.Request(file));
        Assert.Equal(200, status);
        Shapes.AssertLike(google.Sample(expected), body);
        Assert.Equal(0xFF, body.At("candidates.0.content.parts.0.inlineData.data").GetBytesFromBase64()[0]);
        Assert.Single(google.Ledger);
    }

    [Fact]
    public async Task Image_InputInTheOtherSpelling_IsRead()
    {
        await using var google = await StartAsync();
        var (status, body) = await google.PostAsync(
            Banana, $$$"""{"contents":[{"parts":[{"text":"x"},{"inline_data":{"mime_type":"image/png","data":"{{{OnePixel.Png}}}"}}]}],"generationConfig":{"responseModalities":["IMAGE"]}}""");
        Assert.True(status == 200, body.ToString());
    }

    [Fact]
    public async Task Text_InJsonOfASchema_IsWhatTheSchemaSays()
    {
        await using var google = await StartAsync();
        var (_, body) = await google.PostAsync(
            "v1beta/models/gemini-3.8-flash:generateContent",
            """{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"OBJECT","properties":{"names":{"type":"ARRAY","items":{"type":"STRING"}},"n":{"type":"INTEGER"}}}}}""");
        Assert.Equal("""{"names":["The sandbox read: x"],"n":1}""", body.At("candidates.0.content.parts.0.text").GetString());
    }

    /// <remarks>A billion values, if each was made.</remarks>
    [Fact]
    public async Task Text_InJsonOfASchemaThatNamesItselfTenTimes_IsShort()
    {
        await using var google = await StartAsync();
        var properties = string.Join(',', Enumerable.Range(0, 10).Select(i => $"\"p{i}\":{{\"$ref\":\"#\"}}"));
        var (status, body) = await google.PostAsync(
            "v1beta/models/gemini-3.8-flash:generateContent",
            """{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"responseMimeType":"application/json","responseSchema":{"type":"object","properties":{ALL}}}}""".Replace("ALL", properties, StringComparison.Ordinal));
        Assert.Equal(200, status);
        Assert.InRange(body.At("candidates.0.content.parts.0.text").GetString()!.Length, 10, 100_000);
    }

    [Fact]
    public async Task Image_OfThePro_HasAThoughtThatIsNoResult()
    {
        await using var google = await StartAsync();
        var (_, body) = await google.PostAsync("v1beta/models/gemini-3-pro-image:generateContent", google.Request("submit.references.request"));
        var parts = body.At("candidates.0.content.parts");
        Assert.Equal(3, parts.GetArrayLength());
        Assert.True(parts[1].GetProperty("thought").GetBoolean());
        Assert.False(parts[2].TryGetProperty("thought", out _));
        Assert.Equal(2520, body.At("usageMetadata.candidatesTokenCount").GetInt32());
    }

    [Theory]
    [InlineData("sandbox:moderated", 200, "submit.failed-moderated", "candidates.0.finishReason")]
    [InlineData("sandbox:filtered=1", 200, "submit.failed-no-image", "candidates.0.content.parts.0.text")]
    [InlineData("sandbox:credits", 429, "error.429-credits", "error.message")]
    [InlineData("sandbox:rate-limited", 429, "error.429", "error.status")]
    [InlineData("sandbox:flaky=1", 503, "error.503", "error.message")]
    public async Task Image_PromptAsks_AnswersAsTheSample(string prompt, int expected, string file, string path)
    {
        await using var google = await StartAsync();
        var (status, body) = await google.PostAsync(Banana, google.Request("submit.request", prompt));
        Assert.Equal((expected, google.Sample(file).At(path).GetString()), (status, body.At(path).GetString()));
        if (file.StartsWith("error", StringComparison.Ordinal))
        {
            Shapes.AssertLike(google.Sample(file), body);
        }
    }

    [Theory]
    [InlineData("v1beta/models/imagen-4.0-generate-001:predict", "{}", 404)]
    [InlineData("v1beta/models/gemini-3.1-flash-image:generateContent", """{"contents":[{"parts":[{"text":"x"}]}]}""", 404)]
    [InlineData(Banana, """{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"responseModalities":["IMAGE"],"imageConfig":{"imageSize":"1k"}}}""", 400)]
    [InlineData(Banana, """{"contents":[{"parts":[{"text":"x"}]}],"generationConfig":{"imageConfig":{"imageOutputOptions":{"mimeType":"image/png"}}}}""", 400)]
    [InlineData(Banana, """{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"data:image/png;base64,AAAA"}}]}]}""", 400)]
    [InlineData(Banana, """{"prompt":"x"}""", 400)]
    public async Task Submit_Wrong_IsRefused(string path, string json, int expected)
    {
        await using var google = await StartAsync();
        var (status, body) = await google.PostAsync(path, json);
        Assert.Equal((expected, expected), (status, body.At("error.code").GetInt32()));
    }

    [Fact]
    public async Task Text_Model_AnswersInWords_AndBlocksThePrompt()
    {
        await using var google = await StartAsync();
        const string path = "v1beta/models/gemini-3.8-flash:generateContent";
        var (_, body) = await google.PostAsync(path, """{"contents":[{"role":"user","parts":[{"text":"hello there"}]}]}""");
        Assert.Contains("hello there", body.At("candidates.0.content.parts.0.text").GetString(), StringComparison.Ordinal);
        Assert.Equal((3, "TEXT"), (body.At("usageMetadata.promptTokenCount").GetInt32(), body.At("usageMetadata.candidatesTokensDetails.0.modality").GetString()));
        var (status, blocked) = await google.PostAsync(path, """{"contents":[{"parts":[{"text":"sandbox:moderated"}]}]}""");
        Assert.Equal(200, status);
        Shapes.AssertLike(google.Sample("submit.failed-prompt-blocked"), blocked);
        var streamed = await google.Http.PostJsonAsync("v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse", """{"contents":[{"parts":[{"text":"x"}]}]}""");
        Assert.StartsWith("data: {", await streamed.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task AnyCall_KeyWrong_IsInvalidArgument_AndProbeTellsTheModel()
    {
        await using var google = await StartAsync(o => o with { Keys = new Dictionary<string, string> { ["google"] = "right" } });
        var (status, body) = await google.PostAsync(Banana, google.Request("submit.request"));
        Assert.Equal(400, status);
        Shapes.AssertLike(google.Sample("error.400-api-key"), body);
        google.Http.DefaultRequestHeaders.Remove("x-goog-api-key");
        Shapes.AssertLike(google.Sample("health.model.response"), (await google.GetAsync("v1beta/models/gemini-nano-banana-2.1?key=right")).Body);
    }

    [Fact]
    public async Task Interaction_OmniClip_RunsInTheBackground()
    {
        await using var google = await StartAsync();
        var (_, started) = await google.PostAsync("v1beta/interactions", google.Request("submit.interactions.request"));
        Assert.Equal("in_progress", started.Text("status"));
        google.Advance(2);
        var done = (await google.GetAsync("v1beta/interactions/" + started.Text("id"))).Body;
        Assert.Equal("completed", done.Text("status"));
        Assert.Equal("ftyp"u8.ToArray(), (await google.DownloadAsync(done.Text("output_video", "uri")))[4..8]);
    }

    private static Task<StandInClient> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null) =>
        StandInClient.StartAsync("google", "x-goog-api-key", "any", o => (change?.Invoke(o) ?? o) with { ImageTime = TimeSpan.Zero }, "google-image");
}
