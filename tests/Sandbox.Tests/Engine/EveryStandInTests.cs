using System.Net;

namespace Framegate.Sandbox.Tests.Engine;

/// <summary>The words of a prompt that keep a submit from being accepted, or lose its answer, at every provider: its own status, and what would be paid.</summary>
public class EveryStandInTests
{
    private const string Ark = """{"model":"dreamina-seedance-2-0-260128","content":[{"type":"text","text":"PROMPT"}]}""";

    private const string Gemini = """{"contents":[{"role":"user","parts":[{"text":"PROMPT"}]}],"generationConfig":{"responseModalities":["IMAGE"]}}""";

    private const string H3 = """{"model":"MiniMax-H3","content":[{"type":"text","text":"PROMPT"}],"resolution":"768P","ratio":"16:9"}""";

    /// <summary>Name, header and scheme of the key, path, body; then the status of a wrong key, an empty account, too many calls and an overload.</summary>
    public static TheoryData<string, string, string, string, string, int[]> Rows => new()
    {
        { "kling", "Authorization", "Bearer ", "text-to-video/kling-3.0", """{"prompt":"PROMPT"}""", [401, 429, 429, 503] },
        { "minimax", "Authorization", "Bearer ", "v2/video_generation", H3, [401, 402, 429, 529] },
        { "minimax", "Authorization", "Bearer ", "v1/video_generation", """{"model":"MiniMax-Hailuo-2.3","prompt":"PROMPT"}""", [200, 200, 200, 200] },
        { "luma", "Authorization", "Bearer ", "v1/generations", """{"prompt":"PROMPT"}""", [401, 402, 429, 502] },
        { "luma", "Authorization", "Bearer ", "dream-machine/v1/generations/image", """{"prompt":"PROMPT"}""", [401, 402, 429, 503] },
        { "byteplus", "Authorization", "Bearer ", "api/v3/contents/generations/tasks", Ark, [401, 403, 429, 429] },
        { "fal", "Authorization", "Key ", "fal-ai/flux/dev", """{"prompt":"PROMPT"}""", [401, 403, 429, 503] },
        { "replicate", "Authorization", "Bearer ", "v1/models/google/veo-3.1/predictions", """{"input":{"prompt":"PROMPT"}}""", [401, 402, 429, 503] },
        { "alibaba", "Authorization", "Bearer ", "api/v1/services/aigc/video-generation/video-synthesis", """{"model":"wan3.0-video","input":{"prompt":"PROMPT"}}""", [401, 400, 429, 503] },
        { "xai", "Authorization", "Bearer ", "v1/videos/generations", """{"model":"grok-imagine-video","prompt":"PROMPT"}""", [400, 403, 429, 503] },
        { "recraft", "Authorization", "Bearer ", "v1/images/generations", """{"prompt":"PROMPT"}""", [401, 402, 429, 503] },
        { "pika-dev", "X-API-Key", "", "v1/media/pika/pika-2.5/text-to-video", """{"prompt":"PROMPT"}""", [401, 200, 429, 503] },
        { "elevenlabs", "xi-api-key", "", "v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb", """{"text":"PROMPT"}""", [401, 401, 429, 429] },
        { "google", "x-goog-api-key", "", "v1beta/models/gemini-nano-banana-2.1:generateContent", Gemini, [400, 429, 429, 503] },
        { "openai", "Authorization", "Bearer ", "v1/images/generations", """{"model":"gpt-image-2","prompt":"PROMPT"}""", [401, 400, 429, 503] },
        { "openai", "Authorization", "Bearer ", "v1/responses", """{"model":"gpt-5.5","input":"PROMPT"}""", [401, 429, 429, 503] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Submit_EachWord_HasTheProvidersStatusAndIsPaidOnceAtMost(string name, string header, string scheme, string path, string body, int[] statuses)
    {
        await using var provider = await StandInClient.StartAsync(name, header, scheme + "wrong", o => o with
        {
            ImageTime = TimeSpan.Zero, VideoTime = TimeSpan.Zero, Keys = new Dictionary<string, string> { [name] = "right" },
        });
        provider.Http.DefaultRequestHeaders.Add("X-DashScope-Async", "enable");
        Assert.Equal(statuses[0], await SubmitAsync("fine"));
        provider.Http.DefaultRequestHeaders.Remove(header);
        provider.Http.DefaultRequestHeaders.Add(header, scheme + "right");
        Assert.Equal(statuses[1..].AsEnumerable(), [await SubmitAsync("sandbox:credits"), await SubmitAsync("sandbox:rate-limited"), await SubmitAsync("sandbox:flaky=1")]);
        Assert.Empty(provider.Ledger);

        Assert.InRange(await SubmitAsync("sandbox:flaky=1"), 200, 201);
        Assert.InRange(await SubmitAsync("sandbox:ok"), 200, 201);
        await Assert.ThrowsAsync<HttpRequestException>(() => SubmitAsync("sandbox:drop"));
        Assert.Equal(["sandbox:flaky=1", "sandbox:ok", "sandbox:drop"], provider.Ledger.Select(e => e.Prompt));
        Assert.Equal(3, provider.Ledger.Select(e => e.NativeId).Distinct().Count());
        Assert.Equal(HttpStatusCode.NotFound, (await provider.Http.GetAsync("no/such/path/at/all")).StatusCode);

        async Task<int> SubmitAsync(string prompt) => (await provider.PostAsync(path, body.Replace("PROMPT", prompt, StringComparison.Ordinal))).Status;
    }
}
