using System.Net;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Tests.Engine;

/// <summary>What the common engine does for every described provider; asked through some of them.</summary>
public class EngineTests
{
    private const string Tasks = "api/v3/contents/generations/tasks";

    [Fact]
    public async Task Submit_Slow_TakesThatLong()
    {
        await using var ark = await ArkAsync();
        var (_, submitted) = await ark.PostAsync(Tasks, ark.Request("submit.request", "sandbox:slow=7.5"));
        ark.Advance(7.4);
        Assert.Equal("running", (await ark.GetAsync($"{Tasks}/{submitted.Text("id")}")).Body.Text("status"));
        ark.Advance(0.1);
        Assert.Equal("succeeded", (await ark.GetAsync($"{Tasks}/{submitted.Text("id")}")).Body.Text("status"));
    }

    [Fact]
    public async Task Submit_Hang_IsNeverAnsweredNorAccepted()
    {
        await using var ark = await ArkAsync();
        using var cancel = new CancellationTokenSource();
        var call = ark.Http.PostAsync(Tasks, new StringContent(ark.Request("submit.request", "sandbox:hang"), System.Text.Encoding.UTF8, "application/json"), cancel.Token);
        ark.Advance(3600);
        await ark.GetAsync(Tasks);
        Assert.False(call.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Empty(ark.Ledger);
    }

    [Fact]
    public async Task Submit_MoreThanAllowed_IsTheProvidersConcurrencyError()
    {
        await using var kling = await StandInClient.StartAsync("kling", "Authorization", "Bearer any", o => o with { MaxActiveTasks = 1 });
        Assert.Equal(200, (await kling.PostAsync("text-to-video/kling-3.0", """{"prompt":"one"}""")).Status);
        var (status, body) = await kling.PostAsync("text-to-video/kling-3.0", """{"prompt":"two"}""");
        Assert.Equal((429, 1303), (status, body.At("code").GetInt32()));
        kling.Advance(2);
        Assert.Equal(200, (await kling.PostAsync("text-to-video/kling-3.0", """{"prompt":"two"}""")).Status);
    }

    [Fact]
    public async Task Poll_BadDay_FailsThreeTimes()
    {
        await using var kling = await StandInClient.StartAsync("kling", "Authorization", "Bearer any");
        var (_, submitted) = await kling.PostAsync("text-to-video/kling-3.0", """{"prompt":"sandbox:poll=503"}""");
        var statuses = new int[4];
        for (var i = 0; i < statuses.Length; i++)
        {
            statuses[i] = (await kling.GetAsync("tasks?task_ids=" + submitted.Text("data", "id"))).Status;
        }

        Assert.Equal([503, 503, 503, 200], statuses);
    }

    [Fact]
    public async Task Download_BadDay_FailsThreeTimes()
    {
        await using var ark = await ArkAsync();
        var (_, submitted) = await ark.PostAsync(Tasks, ark.Request("submit.request", "sandbox:result=410"));
        ark.Advance(2);
        var url = (await ark.GetAsync($"{Tasks}/{submitted.Text("id")}")).Body.Text("content", "video_url");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.Gone, (await ark.Http.GetAsync(url)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await ark.Http.GetAsync(url)).StatusCode);
    }

    [Fact]
    public async Task Download_LinkChanged_IsForbidden()
    {
        await using var ark = await ArkAsync();
        var (_, submitted) = await ark.PostAsync(Tasks, ark.Request("submit.request"));
        ark.Advance(2);
        var url = (await ark.GetAsync($"{Tasks}/{submitted.Text("id")}")).Body.Text("content", "video_url");
        Assert.Equal(HttpStatusCode.Forbidden, (await ark.Http.GetAsync(url.Replace("se=2026", "se=2027", StringComparison.Ordinal))).StatusCode);
    }

    [Fact]
    public async Task Webhook_AtTheEnd_HearsOfTheTaskOnce()
    {
        await using var ear = await Ear.StartAsync();
        await using var ark = await ArkAsync();
        var body = ark.Request("submit.request").TrimEnd()[..^1] + $$""","callback_url":"{{ear.Address}}"}""";
        var (_, submitted) = await ark.PostAsync(Tasks, body);
        ark.Advance(2);
        var heard = await ear.HeardAsync();
        Assert.Equal((submitted.Text("id"), "succeeded"), (heard.Text("id"), heard.Text("status")));
        Assert.NotEmpty(await ark.DownloadAsync(heard.Text("content", "video_url")));
    }

    [Theory]
    [InlineData("sandbox:vanish", true, false)]
    [InlineData("sandbox:expire", false, true)]
    public void Parse_EnginesWords_AreRead(string prompt, bool vanishes, bool expires)
    {
        var magic = MagicPrompt.Parse(prompt);
        Assert.Equal((vanishes, expires), (magic.Vanishes, magic.Expires));
    }

    [Theory]
    [InlineData("kling", "Authorization", "Bearer any", "text-to-video/kling-3.0", """{"prompt":"sandbox:refuse=429-1304"}""", 429, "code", "1304")]
    [InlineData("byteplus", "Authorization", "Bearer any", Tasks, """{"model":"dreamina-seedance-2-0-260128","content":[{"type":"text","text":"sandbox:refuse=429-QuotaExceeded"}]}""", 429, "error.code", "QuotaExceeded")]
    [InlineData("fal", "Authorization", "Key a:b", "fal-ai/flux/dev", """{"prompt":"sandbox:refuse=504-request_timeout"}""", 504, "error_type", "request_timeout")]
    [InlineData("openai", "Authorization", "Bearer any", "v1/images/generations", """{"model":"gpt-image-2","prompt":"sandbox:fail=403-org_not_verified"}""", 403, "error.code", "org_not_verified")]
    [InlineData("google", "x-goog-api-key", "any", "v1beta/models/gemini-3.8-flash:generateContent", """{"contents":[{"parts":[{"text":"sandbox:fail=SPII"}]}]}""", 200, "candidates.0.finishReason", "SPII")]
    [InlineData("pika-dev", "X-API-Key", "any", "v1/media/pika/pika-2.5/text-to-video", """{"prompt":"sandbox:refuse=200-cycle_limit_exceeded"}""", 200, "error.code", "cycle_limit_exceeded")]
    public async Task Submit_PromptNamesACode_IsRefusedWithIt(string name, string header, string key, string path, string body, int expected, string at, string code)
    {
        await using var provider = await StandInClient.StartAsync(name, header, key, o => o with { ImageTime = TimeSpan.Zero });
        var (status, answer) = await provider.PostAsync(path, body);
        Assert.Equal((expected, code), (status, answer.At(at).ToString()));
    }

    [Fact]
    public async Task Poll_PromptNamesACode_FailsWithIt()
    {
        await using var ark = await ArkAsync();
        var (_, submitted) = await ark.PostAsync(Tasks, ark.Request("submit.request", "sandbox:fail=OutputVideoSensitiveContentDetected.DeepFake"));
        ark.Advance(2);
        Assert.Equal("OutputVideoSensitiveContentDetected.DeepFake", (await ark.GetAsync($"{Tasks}/{submitted.Text("id")}")).Body.Text("error", "code"));
        Assert.Single(ark.Ledger);
    }

    private static Task<StandInClient> ArkAsync() => StandInClient.StartAsync("byteplus", "Authorization", "Bearer any");
}
