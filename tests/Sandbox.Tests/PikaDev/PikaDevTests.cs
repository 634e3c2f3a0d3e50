using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.PikaDev;

public class PikaDevTests
{
    private const string TextToVideo = "v1/media/pika/pika-2.5/text-to-video";

    [Fact]
    public async Task Submit_SampleOfTheSheet_PassesThroughAllStates()
    {
        await using var pika = await StartAsync();
        var (status, submitted) = await pika.PostAsync(TextToVideo, pika.Request("submit.request"));
        Assert.Equal(200, status);
        Shapes.AssertLike(pika.Sample("submit.response"), submitted);
        var poll = "v1/media/jobs/" + submitted.Text("id");
        pika.Advance(1);
        Shapes.AssertLike(pika.Sample("poll.running"), (await pika.GetAsync(poll)).Body);
        pika.Advance(1);
        var done = (await pika.GetAsync(poll)).Body;
        Shapes.AssertLike(pika.Sample("poll.succeeded"), done);
        Assert.Equal(450_000, done.At("billing.charge_micro_usd").GetInt32());
        Assert.Equal("ftyp"u8.ToArray(), (await pika.DownloadAsync(done.Text("output", "video", "url")))[4..8]);
        Assert.Equal("pika/pika-2.5/text-to-video", Assert.Single(pika.Ledger).Model);
        Shapes.AssertLike(pika.Sample("health.balance.response"), (await pika.GetAsync("billing/balance")).Body);
    }

    [Fact]
    public async Task Submit_SameKeyAfterALostAnswer_IsTheSameJobAndPaidOnce()
    {
        await using var pika = await StartAsync();
        pika.Http.DefaultRequestHeaders.Add("Idempotency-Key", "att_01JD70");
        await Assert.ThrowsAsync<HttpRequestException>(() => pika.PostAsync(TextToVideo, pika.Request("submit.request", "sandbox:drop")));
        var (_, again) = await pika.PostAsync(TextToVideo, pika.Request("submit.request", "sandbox:drop"));
        Assert.Equal(Assert.Single(pika.Ledger).NativeId, again.Text("id"));
        var (status, other) = await pika.PostAsync(TextToVideo, pika.Request("submit.request", "another"));
        Assert.Equal((409, "idempotency_conflict"), (status, other.Text("error", "code")));
    }

    [Fact]
    public async Task Submit_EmptyAccount_IsAFailedJobInsideA200()
    {
        await using var pika = await StartAsync();
        var (status, body) = await pika.PostAsync(TextToVideo, pika.Request("submit.request", "sandbox:credits"));
        Assert.Equal(200, status);
        Shapes.AssertLike(pika.Sample("submit.failed-balance"), body);
        Assert.Equal(("failed", "insufficient_balance"), (body.Text("status"), body.Text("error", "code")));
        Assert.Empty(pika.Ledger);
    }

    [Theory]
    [InlineData("sandbox:moderated", "poll.failed-moderated")]
    [InlineData("sandbox:expire", "poll.failed-timeout")]
    public async Task Poll_Failed_HasTheCode(string prompt, string file)
    {
        await using var pika = await StartAsync();
        var (_, submitted) = await pika.PostAsync(TextToVideo, pika.Request("submit.request", prompt));
        pika.Advance(2);
        var failed = (await pika.GetAsync("v1/media/jobs/" + submitted.Text("id"))).Body;
        Assert.Equal(pika.Sample(file).Text("error", "code"), failed.Text("error", "code"));
        Shapes.AssertLike(pika.Sample(file), failed);
    }

    [Theory]
    [InlineData(TextToVideo, """{"prompt":"x","duration_s":11}""", 422, "invalid_input")]
    [InlineData(TextToVideo, """{"prompt":"x","duration":5}""", 422, "invalid_input")]
    [InlineData(TextToVideo, """{"duration_s":5}""", 422, "invalid_input")]
    [InlineData("v1/media/pika/pika-9/text-to-video", """{"prompt":"x"}""", 404, "not_found")]
    [InlineData(TextToVideo, """{"prompt":"sandbox:rate-limited"}""", 429, "rate_limited")]
    public async Task Submit_Wrong_IsRefused(string path, string body, int expected, string code)
    {
        await using var pika = await StartAsync();
        var (status, refused) = await pika.PostAsync(path, body);
        Assert.Equal((expected, code), (status, refused.Text("error", "code")));
    }

    [Fact]
    public async Task AnyCall_BearerInsteadOfTheHeader_Is401()
    {
        await using var pika = await StandInClient.StartAsync("pika-dev", "Authorization", "Bearer any");
        var (status, body) = await pika.PostAsync(TextToVideo, pika.Request("submit.request"));
        Assert.Equal((401, "unauthorized"), (status, body.Text("error", "code")));
    }

    private static Task<StandInClient> StartAsync() => StandInClient.StartAsync("pika-dev", "X-API-Key", "any");
}
