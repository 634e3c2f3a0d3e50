using System.Text.Json;
using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.Fal;

/// <summary>What the generic stand-in adds to Pika's endpoints, whose tests cover the queue itself.</summary>
public class FalTests
{
    [Theory]
    [InlineData("fal-ai/flux/dev", "fal-ai/flux", "submit.image.request", "poll.succeeded.images")]
    [InlineData("bria/fibo", "bria/fibo", null, "poll.succeeded.image-object")]
    [InlineData("fal-ai/elevenlabs/tts/multilingual-v2", "fal-ai/elevenlabs", "submit.speech.request", "poll.succeeded.audio")]
    [InlineData("alibaba/wan-3.0/text-to-video", "alibaba/wan-3.0", "submit.video.request", null)]
    [InlineData("fal-ai/veo3.1/fast", "fal-ai/veo3.1", "submit.video-string-duration.request", null)]
    [InlineData("bytedance/seedance-2.0/image-to-video", "bytedance/seedance-2.0", "submit.image-to-video.request", null)]
    [InlineData("someone/new-video-model/v7", "someone/new-video-model", "submit.video.request", null)]
    public async Task Submit_SampleOfTheSheet_HasTheResultOfItsKind(string endpoint, string application, string? file, string? expected)
    {
        await using var fal = await StartAsync();
        var (_, submitted) = await fal.PostAsync(endpoint, file is null ? """{"prompt":"a red paper boat"}""" : fal.Request(file));
        Assert.Equal("IN_QUEUE", submitted.Text("status"));
        Assert.Equal($"{fal.Address}{application}/requests/{submitted.Text("request_id")}", submitted.Text("response_url"));
        fal.Advance(2);
        Assert.Equal("COMPLETED", (await fal.GetAsync(submitted.Text("status_url"))).Body.Text("status"));
        var (status, result) = await fal.GetAsync(submitted.Text("response_url"));
        Assert.Equal(200, status);
        if (expected == "poll.succeeded.images")
        {
            Shapes.AssertLike(fal.Sample(expected), result);
            Assert.Equal((2, 1280, 11), (result.GetProperty("images").GetArrayLength(), result.At("images.0.width").GetInt32(), result.At("seed").GetInt32()));
        }

        var url = result.EnumerateObject().First().Value is { ValueKind: JsonValueKind.Array } list ? list[0].Text("url")
            : result.EnumerateObject().First().Value.Text("url");
        Assert.Equal(expected is null ? "video" : fal.Sample(expected).Keys()[0], result.Keys()[0]);
        Assert.NotEmpty(await fal.DownloadAsync(url));
        Assert.Equal(endpoint, Assert.Single(fal.Ledger).Model);
    }

    [Theory]
    [InlineData("fal-ai/flux/dev", """{"prompt":"x","num_images":9}""", "less_than_equal")]
    [InlineData("fal-ai/flux/dev", """{"prompt":"x","image_size":"1280x720"}""", "one_of")]
    [InlineData("fal-ai/veo3.1/fast", """{"prompt":"x","duration":8}""", "one_of")]
    [InlineData("alibaba/wan-3.0/text-to-video", """{"prompt":"x","duration":"5"}""", "int_type")]
    [InlineData("bytedance/seedance-2.0/image-to-video", """{"prompt":"x"}""", "missing")]
    [InlineData("someone/new-model", """{"prompt":7}""", "string_type")]
    public async Task Result_InputWrong_IsAFailureOfTheModel(string endpoint, string body, string type)
    {
        await using var fal = await StartAsync();
        var (_, submitted) = await fal.PostAsync(endpoint, body);
        fal.Advance(2);
        var (status, result) = await fal.GetAsync(submitted.Text("response_url"));
        Assert.Equal((422, type), (status, result.At("detail.0.type").GetString()));
    }

    [Fact]
    public async Task Submit_UnknownEndpointOrEmptyAccount_IsRefused()
    {
        await using var fal = await StartAsync();
        var (missing, nothing) = await fal.PostAsync("fal-ai/no-such-app", "{}");
        Assert.Equal((404, "Application 'no-such-app' not found"), (missing, nothing.Text("detail")));
        var (status, body) = await fal.PostAsync("fal-ai/flux/dev", """{"prompt":"sandbox:credits"}""");
        Assert.Equal((403, fal.Sample("error.403-balance").Text("detail")), (status, body.Text("detail")));
    }

    [Fact]
    public async Task Result_Filtered_IsMarkedPerPicture()
    {
        await using var fal = await StartAsync(o => o with { ImageTime = TimeSpan.Zero });
        var (_, submitted) = await fal.PostAsync("fal-ai/flux/dev", """{"prompt":"sandbox:filtered=1","num_images":2}""");
        var result = (await fal.GetAsync(submitted.Text("response_url"))).Body;
        Assert.Equal([true, false], result.GetProperty("has_nsfw_concepts").EnumerateArray().Select(e => e.GetBoolean()));
    }

    [Fact]
    public async Task Platform_AfterASuccess_ListsTheRequestItsBillAndThePrice()
    {
        await using var fal = await StartAsync();
        var (_, submitted) = await fal.PostAsync("fal-ai/flux/dev", fal.Request("submit.image.request"));
        fal.Advance(2);
        Shapes.AssertLike(fal.Sample("price.response").GetProperty("prices"),
            (await fal.GetAsync("v1/models/pricing?endpoint_id=fal-ai/flux/dev")).Body.GetProperty("prices"));
        var found = (await fal.GetAsync("v1/models/requests/by-endpoint?endpoint_id=fal-ai%2Fflux%2Fdev&expand=payloads&limit=100")).Body;
        Assert.Equal(fal.Sample("find.by-endpoint.response").At("items.0").Keys(), found.At("items.0").Keys());
        var bill = (await fal.GetAsync("v1/models/billing-events?request_id=" + submitted.Text("request_id"))).Body;
        Shapes.AssertLike(fal.Sample("billing-events.response"), bill);
        Assert.Equal(50_000_000, bill.At("billing_events.0.cost_estimate_nano_usd").GetInt64());
    }

    private static Task<StandInClient> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null) =>
        StandInClient.StartAsync("fal", "Authorization", "Key id:secret", change);
}
