using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.ElevenLabs;

public class ElevenLabsTests
{
    private const string Speech = "v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb";

    [Theory]
    [InlineData(Speech + "?output_format=mp3_44100_128", "tts.request", "audio/mpeg", "ID3")]
    [InlineData(Speech + "?output_format=wav_24000", "tts.request", "audio/wav", "RIFF")]
    [InlineData("v1/sound-generation?output_format=mp3_44100_128", "sfx.request", "audio/mpeg", "ID3")]
    [InlineData("v1/music?output_format=auto", "music.request", "audio/mpeg", "ID3")]
    public async Task Sound_SampleOfTheSheet_IsPlayableAndSaysItsCost(string path, string file, string type, string start)
    {
        await using var labs = await StartAsync();
        using var answer = await labs.Http.PostJsonAsync(path, labs.Request(file));
        Assert.Equal((200, type), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal(start, System.Text.Encoding.ASCII.GetString((await answer.Content.ReadAsByteArrayAsync())[..start.Length]));
        Assert.True(int.Parse(answer.Headers.GetValues("character-cost").Single()) > 0);
        Assert.Single(labs.Ledger);
    }

    [Fact]
    public async Task Speech_AnswerLost_IsInTheHistoryWithItsAudio()
    {
        await using var labs = await StartAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => labs.PostAsync(Speech, labs.Request("tts.request", "sandbox:drop")));
        var history = (await labs.GetAsync("v1/history?page_size=100&source=TTS")).Body;
        Shapes.AssertLike(labs.Sample("history.list.response"), history);
        Assert.Equal("sandbox:drop", history.At("history.0.text").GetString());
        Assert.Equal("ID3"u8.ToArray(), (await labs.Http.GetByteArrayAsync($"v1/history/{history.At("history.0.history_item_id")}/audio"))[..3]);
    }

    [Fact]
    public async Task Speech_WithTimestamps_HasALetterForEach()
    {
        await using var labs = await StartAsync();
        var (_, body) = await labs.PostAsync(Speech + "/with-timestamps", labs.Request("tts.timestamps.request"));
        Shapes.AssertLike(labs.Sample("tts.timestamps.response"), body);
        Assert.Equal("The boat leaves at dawn.".Length, body.At("alignment.characters").GetArrayLength());
    }

    [Theory]
    [InlineData("sandbox:credits", 401, "quota_exceeded")]
    [InlineData("sandbox:rate-limited", 429, "rate_limit_exceeded")]
    [InlineData("sandbox:flaky=1", 429, "system_busy")]
    [InlineData("sandbox:moderated", 400, "content_against_policy")]
    [InlineData("sandbox:error", 500, "internal_server_error")]
    public async Task Speech_PromptRefuses_HasTheStatusWord(string prompt, int expected, string word)
    {
        await using var labs = await StartAsync();
        var (status, body) = await labs.PostAsync(Speech, labs.Request("tts.request", prompt));
        Assert.Equal((expected, word), (status, body.Text("detail", "status")));
    }

    [Theory]
    [InlineData("v1/text-to-speech/x", """{"text":"x"}""", 404, "voice_not_found")]
    [InlineData(Speech, """{"text":"x","model_id":"eleven_v9"}""", 400, "model_not_found")]
    [InlineData(Speech + "?output_format=mp3", """{"text":"x"}""", 400, "invalid_output_format")]
    [InlineData(Speech, """{"model_id":"eleven_v3"}""", 422, "missing")]
    [InlineData(Speech, """{"text":"x","voice_settings":{"speed":2}}""", 422, "value_error")]
    [InlineData("v1/sound-generation", """{"text":"x","duration_seconds":31}""", 422, "value_error")]
    public async Task Submit_Wrong_IsRefusedInItsShape(string path, string json, int expected, string word)
    {
        await using var labs = await StartAsync();
        var (status, body) = await labs.PostAsync(path, json);
        Assert.Equal((expected, word), (status, status == 422 ? body.At("detail.0.type").GetString() : body.Text("detail", "status")));
    }

    [Theory]
    [InlineData("text-to-speech", "flows.tts.request", "audio/mpeg")]
    [InlineData("video", "flows.video.request", "video/mp4")]
    public async Task Flow_SampleOfTheSheet_PassesThroughAllStates(string kind, string file, string type)
    {
        await using var labs = await StandInClient.StartAsync("elevenlabs", "xi-api-key", "any");
        var (_, submitted) = await labs.PostAsync("v1/flows/" + kind, labs.Request(file));
        Shapes.AssertLike(labs.Sample("flows.submit.response"), submitted);
        var poll = $"v1/flows/{kind}/{submitted.Text("id")}";
        labs.Advance(0.3);
        Shapes.AssertLike(labs.Sample("flows.poll.running"), (await labs.GetAsync(poll)).Body);
        labs.Advance(2);
        var done = (await labs.GetAsync(poll)).Body;
        Shapes.AssertLike(labs.Sample("flows.poll.succeeded"), done);
        Assert.Equal(type, done.Text("content_mime_type"));
        Assert.NotEmpty(await labs.DownloadAsync(done.Text("content_url")));
        Shapes.AssertLike(labs.Sample("flows.list.response"), (await labs.GetAsync($"v1/flows/{kind}?page_size=20")).Body);
    }

    [Fact]
    public async Task Flow_PlainUrlAsFrame_IsRefused_AndModerationFailsLate()
    {
        await using var labs = await StartAsync();
        Assert.Equal(422, (await labs.PostAsync("v1/flows/video", """{"model_id":"veo-3.1-fast-generate-001","prompt":"x","start_frame":{"url":"https://a.example/a.png"}}""")).Status);
        var (_, submitted) = await labs.PostAsync("v1/flows/video", labs.Request("flows.video.request", "sandbox:moderated"));
        var failed = (await labs.GetAsync("v1/flows/video/" + submitted.Text("id"))).Body;
        Assert.Equal(labs.Sample("flows.poll.failed-moderated").Text("failure_reason"), failed.Text("failure_reason"));
    }

    private static Task<StandInClient> StartAsync() =>
        StandInClient.StartAsync("elevenlabs", "xi-api-key", "any", o => o with { ImageTime = TimeSpan.Zero, VideoTime = TimeSpan.Zero });
}
