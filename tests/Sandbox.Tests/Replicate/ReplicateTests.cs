using System.Text.Json;
using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.Replicate;

public class ReplicateTests
{
    private const string Flux = "v1/models/black-forest-labs/flux-2-pro/predictions";

    [Theory]
    [InlineData(Flux, "submit.request", "poll.succeeded", "black-forest-labs/flux-2-pro")]
    [InlineData("v1/predictions", "submit.version.request", "poll.succeeded.array", "acme/community")]
    [InlineData("v1/models/google/veo-3.1-fast/predictions", "submit.webhook.request", "poll.succeeded", "google/veo-3.1-fast")]
    public async Task Submit_SampleOfTheSheet_SucceedsAndIsErasedAfterAnHour(string path, string file, string result, string model)
    {
        await using var replicate = await StartAsync();
        var (status, submitted) = await replicate.PostAsync(path, replicate.Request(file));
        Assert.Equal(201, status);
        Assert.Equal(replicate.Sample("submit.response").Keys().Order(), submitted.Keys().Order());
        Assert.Equal("starting", submitted.Text("status"));
        Assert.Equal($"{replicate.Address}v1/predictions/{submitted.Text("id")}", submitted.Text("urls", "get"));
        replicate.Advance(0.3);
        var running = (await replicate.GetAsync(submitted.Text("urls", "get"))).Body;
        Assert.Equal("processing", running.Text("status"));
        Assert.Equal(replicate.Sample("poll.running").Keys().Order(), running.Keys().Order());
        replicate.Advance(1.7);
        var done = (await replicate.GetAsync(submitted.Text("urls", "get"))).Body;
        Assert.Equal("succeeded", done.Text("status"));
        Assert.Equal(replicate.Sample(result).GetProperty("output").ValueKind, done.GetProperty("output").ValueKind);
        var output = done.GetProperty("output");
        Assert.NotEmpty(await replicate.DownloadAsync((output.ValueKind == JsonValueKind.Array ? output[0] : output).GetString()!));
        Assert.Equal(model, Assert.Single(replicate.Ledger).Model);
        replicate.Advance(3600);
        var erased = (await replicate.GetAsync(submitted.Text("urls", "get"))).Body;
        Assert.Equal((true, JsonValueKind.Null, "succeeded"),
            (erased.GetProperty("data_removed").GetBoolean(), erased.GetProperty("output").ValueKind, erased.Text("status")));
    }

    [Theory]
    [InlineData("sandbox:credits", 402, "error.402")]
    [InlineData("sandbox:rate-limited", 429, "error.429")]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string prompt, int expected, string file)
    {
        await using var replicate = await StartAsync();
        var (status, body) = await replicate.PostAsync(Flux, replicate.Request("submit.request", prompt));
        Assert.Equal(expected, status);
        Shapes.AssertLike(replicate.Sample(file), body);
        Assert.Empty(replicate.Ledger);
    }

    [Theory]
    [InlineData("v1/models/acme/nope/predictions", """{"input":{}}""", 404, null)]
    [InlineData("v1/predictions", """{"version":"5c7d","input":{}}""", 422, "Invalid version or not permitted")]
    [InlineData(Flux, """{"input":{"prompt":"x","aspect_ratio":"7:3"}}""", 422, "Input validation failed")]
    [InlineData(Flux, """{"input":{"prompt":"x","seed":"11"}}""", 422, "Input validation failed")]
    [InlineData(Flux, """{"prompt":"x"}""", 422, "Input validation failed")]
    [InlineData("v1/models/google/veo-3.1-fast/predictions", """{"input":{"prompt":"x","duration":5}}""", 422, "Input validation failed")]
    public async Task Submit_Wrong_IsRefused(string path, string body, int expected, string? title)
    {
        await using var replicate = await StartAsync();
        var (status, refused) = await replicate.PostAsync(path, body);
        Assert.Equal((expected, title), (status, refused.TryGetProperty("title", out var text) ? text.GetString() : null));
    }

    [Fact]
    public async Task Submit_PreferWait_HoldsUntilTheEnd_AndCancelAfterEndsIt()
    {
        await using var replicate = await StartAsync(o => o with { ImageTime = TimeSpan.Zero, VideoTime = TimeSpan.FromHours(1) });
        replicate.Http.DefaultRequestHeaders.Add("Prefer", "wait=1");
        var (status, done) = await replicate.PostAsync(Flux, replicate.Request("submit.request"));
        Assert.Equal((201, "succeeded"), (status, done.Text("status")));
        replicate.Http.DefaultRequestHeaders.Remove("Prefer");
        replicate.Http.DefaultRequestHeaders.Add("Cancel-After", "1m30s");
        var (_, slow) = await replicate.PostAsync("v1/models/google/veo-3.1-fast/predictions", replicate.Request("submit.webhook.request"));
        replicate.Advance(90);
        var ended = (await replicate.GetAsync(slow.Text("urls", "get"))).Body;
        Assert.Equal("canceled", ended.Text("status"));
        Assert.True(ended.TryGetProperty("deadline", out _));
    }

    [Fact]
    public async Task Cancel_ThenList_ShowsIt()
    {
        await using var replicate = await StartAsync();
        var (_, submitted) = await replicate.PostAsync(Flux, replicate.Request("submit.request"));
        Assert.Equal(200, (await replicate.PostAsync(new Uri(submitted.Text("urls", "cancel")).PathAndQuery, "{}")).Status);
        var listed = (await replicate.GetAsync("v1/predictions")).Body;
        Assert.Equal(("canceled", "a red paper boat"), (listed.At("results.0.status").GetString(), listed.At("results.0.input.prompt").GetString()));
        Shapes.AssertLike(replicate.Sample("health.account.response"), (await replicate.GetAsync("v1/account")).Body);
    }

    [Fact]
    public async Task Text_Model_AnswersInPiecesWithTokens()
    {
        await using var replicate = await StartAsync(o => o with { ImageTime = TimeSpan.Zero });
        var (_, submitted) = await replicate.PostAsync("v1/models/meta/meta-llama-3-70b-instruct/predictions", """{"input":{"prompt":"hello there"}}""");
        var done = (await replicate.GetAsync(submitted.Text("urls", "get"))).Body;
        Assert.Contains("hello there", string.Concat(done.GetProperty("output").EnumerateArray().Select(e => e.GetString())), StringComparison.Ordinal);
        Assert.Equal(3, done.At("metrics.input_token_count").GetInt32());
    }

    [Fact]
    public async Task AnyCall_NoKey_AnswersAsTheSample()
    {
        await using var replicate = await StartAsync();
        replicate.Http.DefaultRequestHeaders.Remove("Authorization");
        var (status, body) = await replicate.GetAsync("v1/account");
        Assert.Equal(401, status);
        Assert.True(JsonElement.DeepEquals(replicate.Sample("error.401"), body));
    }

    private static Task<StandInClient> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null) =>
        StandInClient.StartAsync("replicate", "Authorization", "Bearer r8_any", change);
}
