using System.Net;
using System.Text.Json;

namespace Framegate.Sandbox.Tests.Pika;

public class PikaLifeCycleTests
{
    private const string TextToVideo = "fal-ai/pika/v2.2/text-to-video";

    [Fact]
    public async Task Submit_ThenPollAndDownload_PassesThroughAllStates()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Pika.PostJsonAsync(TextToVideo, TestSandbox.Fixture("pika/submit.request.json"));
        var submitted = await answer.JsonAsync();
        Assert.Equal(TestSandbox.FixtureJson("pika/submit.response.json").Keys(), submitted.Keys());
        Assert.Equal($"{sandbox.Server.Providers["pika"]}fal-ai/pika/requests/{submitted.Text("request_id")}/status", submitted.Text("status_url"));
        Assert.Equal(submitted.Text("request_id"), answer.Headers.GetValues("x-fal-request-id").Single());

        var queued = await AssertStateAsync("poll.pending.json");
        Assert.Equal(1, queued.GetProperty("queue_position").GetInt32());
        var early = await sandbox.Pika.GetAsync(submitted.Text("response_url"));
        Assert.Equal(HttpStatusCode.BadRequest, early.StatusCode);
        Assert.True(JsonElement.DeepEquals(TestSandbox.FixtureJson("pika/result.in-progress.400.json"), await early.JsonAsync()));
        sandbox.Time.Advance(TimeSpan.FromSeconds(1));
        await AssertStateAsync("poll.running.json");
        sandbox.Time.Advance(TimeSpan.FromSeconds(1));
        await AssertStateAsync("poll.completed.json");

        var result = await sandbox.Pika.GetAsync(submitted.Text("response_url"));
        var video = (await result.JsonAsync()).GetProperty("video");
        Assert.Equal(TestSandbox.FixtureJson("pika/poll.succeeded.json").GetProperty("video").Keys(), video.Keys());
        Assert.Equal(submitted.Text("request_id"), result.Headers.GetValues("x-fal-request-id").Single());
        using var bare = sandbox.Client("pika");
        var bytes = await bare.GetByteArrayAsync(video.Text("url"));
        Assert.Equal("ftyp"u8.ToArray(), bytes[4..8]);
        Assert.Equal(video.GetProperty("file_size").GetInt32(), bytes.Length);
        sandbox.Time.Advance(TimeSpan.FromDays(7));
        Assert.Equal(HttpStatusCode.NotFound, (await bare.GetAsync(video.Text("url"))).StatusCode);

        async Task<JsonElement> AssertStateAsync(string file)
        {
            var expected = TestSandbox.FixtureJson("pika/" + file);
            var status = await sandbox.Pika.GetJsonAsync(submitted.Text("status_url") + "?logs=1");
            Assert.Equal(expected.Keys(), status.Keys());
            Assert.Equal(expected.Text("status"), status.Text("status"));
            Assert.Equal(expected.TryGetProperty("logs", out _), status.TryGetProperty("logs", out var logs) && logs.GetArrayLength() == 1);
            return status;
        }
    }

    [Theory]
    [InlineData("v2.2/image-to-video", "submit.image-to-video.request.json")]
    [InlineData("v2.2/pikascenes", "submit.pikascenes.request.json")]
    [InlineData("v2.2/pikaframes", "submit.pikaframes.request.json")]
    [InlineData("v2/turbo/text-to-video", "submit.turbo.request.json")]
    [InlineData("v2/pikadditions", "submit.pikadditions.request.json")]
    [InlineData("v1.5/pikaffects", "submit.pikaffects.request.json")]
    public async Task Submit_SampleOfTheSheet_Succeeds(string endpoint, string file)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var submitted = await (await sandbox.Pika.PostJsonAsync("fal-ai/pika/" + endpoint, TestSandbox.Fixture("pika/" + file))).JsonAsync();
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await sandbox.Pika.GetAsync(submitted.Text("response_url"))).StatusCode);
        Assert.Equal("fal-ai/pika/" + endpoint, Assert.Single(sandbox.Server.Ledger.Read("pika")).Model);
    }

    [Fact]
    public async Task Submit_WithWebhook_AlsoNamesTheGatewaysId()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Pika.PostJsonAsync(TextToVideo + "?fal_webhook=https%3A%2F%2Fa.example%2Fhook", """{"prompt":"x"}""");
        Assert.Equal(TestSandbox.FixtureJson("pika/submit.webhook.response.json").Keys(), (await answer.JsonAsync()).Keys());
    }

    [Fact]
    public async Task Submit_LifetimeAsked_FileIsGoneAfterIt()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        sandbox.Pika.DefaultRequestHeaders.Add("x-fal-object-lifecycle-preference", """{"expiration_duration_seconds":60}""");
        var submitted = await (await sandbox.Pika.PostJsonAsync(TextToVideo, """{"prompt":"x"}""")).JsonAsync();
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var url = (await sandbox.Pika.GetJsonAsync(submitted.Text("response_url"))).Text("video", "url");
        Assert.Equal(HttpStatusCode.OK, (await sandbox.Pika.GetAsync(url)).StatusCode);
        sandbox.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.NotFound, (await sandbox.Pika.GetAsync(url)).StatusCode);
    }

    [Theory]
    [InlineData(0, HttpStatusCode.OK, "OK")]
    [InlineData(1, HttpStatusCode.Accepted, "CANCELLATION_REQUESTED")]
    public async Task Cancel_BeforeTheEnd_EndsTheRequest(double after, HttpStatusCode code, string word)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var submitted = await (await sandbox.Pika.PostJsonAsync(TextToVideo, """{"prompt":"x"}""")).JsonAsync();
        sandbox.Time.Advance(TimeSpan.FromSeconds(after));
        var cancelled = await sandbox.Pika.PutAsync(submitted.Text("cancel_url"), null);
        Assert.Equal((code, word), (cancelled.StatusCode, (await cancelled.JsonAsync()).Text("status")));

        var status = await sandbox.Pika.GetJsonAsync(submitted.Text("status_url"));
        Assert.Equal(("COMPLETED", "client_cancelled"), (status.Text("status"), status.Text("error_type")));
        var result = await sandbox.Pika.GetAsync(submitted.Text("response_url"));
        Assert.Equal(499, (int)result.StatusCode);
        Assert.True(JsonElement.DeepEquals(TestSandbox.FixtureJson("pika/poll.cancelled.499.json"), await result.JsonAsync()));
        Assert.Equal(1, sandbox.Server.Ledger.Total);
    }

    [Fact]
    public async Task Cancel_AfterTheEndOrUnknown_ChangesNothing()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var submitted = await (await sandbox.Pika.PostJsonAsync(TextToVideo, """{"prompt":"x"}""")).JsonAsync();
        sandbox.Time.Advance(TimeSpan.FromSeconds(2));
        var late = await sandbox.Pika.PutAsync(submitted.Text("cancel_url"), null);
        Assert.Equal((HttpStatusCode.BadRequest, "ALREADY_COMPLETED"), (late.StatusCode, (await late.JsonAsync()).Text("status")));
        Assert.Equal(HttpStatusCode.OK, (await sandbox.Pika.GetAsync(submitted.Text("response_url"))).StatusCode);
        var unknown = await sandbox.Pika.PutAsync("fal-ai/pika/requests/none/cancel", null);
        Assert.Equal((HttpStatusCode.NotFound, "NOT_FOUND"), (unknown.StatusCode, (await unknown.JsonAsync()).Text("status")));
    }

    [Fact]
    public async Task Stream_UntilTheEnd_TellsEachChange()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var submitted = await (await sandbox.Pika.PostJsonAsync(TextToVideo, """{"prompt":"x"}""")).JsonAsync();
        using var stream = await sandbox.Pika.GetAsync(submitted.Text("status_url") + "/stream", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        var states = new List<string>();
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                states.Add(JsonDocument.Parse(line["data: ".Length..]).RootElement.Text("status"));
                sandbox.Time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        Assert.Equal(["IN_QUEUE", "IN_PROGRESS", "COMPLETED"], states);
    }

    [Fact]
    public async Task Run_Synchronously_AnswersWithTheResultAtTheEnd()
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { VideoTime = TimeSpan.Zero });
        var answer = await sandbox.Pika.PostJsonAsync("run/" + TextToVideo, """{"prompt":"x","aspect_ratio":"9:16","resolution":"1080p"}""");
        Assert.Equal(["video"], (await answer.JsonAsync()).Keys());
        Assert.Equal(1, sandbox.Server.Ledger.Total);
    }

    [Fact]
    public async Task Pricing_OfAnEndpoint_IsListedAsTheSample()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var prices = await sandbox.Pika.GetJsonAsync("v1/models/pricing?endpoint_id=" + TextToVideo);
        var expected = TestSandbox.FixtureJson("pika/health.pricing.response.json").GetProperty("prices");
        Assert.True(JsonElement.DeepEquals(expected, prices.GetProperty("prices")));
    }
}
