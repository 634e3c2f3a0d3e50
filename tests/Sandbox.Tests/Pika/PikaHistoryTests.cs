using System.Net;
using System.Text.Json;

namespace Framegate.Sandbox.Tests.Pika;

/// <summary>The platform's list of an endpoint's recent requests.</summary>
public class PikaHistoryTests
{
    private const string TextToVideo = "fal-ai/pika/v2.2/text-to-video";
    private const string List = "v1/models/requests/by-endpoint?expand=payloads&endpoint_id=";

    [Fact]
    public async Task List_ShowsTheRequestsOfTheEndpointNewestFirstWithTheirInputs()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var first = await SubmitAsync(sandbox, TextToVideo, """{"prompt":"one","seed":7}""");
        sandbox.Time.Advance(TimeSpan.FromSeconds(30));
        var second = await SubmitAsync(sandbox, TextToVideo, """{"prompt":"two"}""");
        await SubmitAsync(sandbox, "fal-ai/pika/v2.2/image-to-video", """{"prompt":"three","image_url":"data:image/png;base64,AAAA"}""");

        var all = await sandbox.Pika.GetJsonAsync(List + TextToVideo);
        var page = await sandbox.Pika.GetJsonAsync($"{List}{TextToVideo}&limit=1");
        var next = await sandbox.Pika.GetJsonAsync($"{List}{TextToVideo}&limit=1&cursor={page.Text("next_cursor")}");
        var early = await sandbox.Pika.GetJsonAsync($"{List}{TextToVideo}&end={sandbox.Time.GetUtcNow().AddSeconds(-10):yyyy-MM-dd'T'HH:mm:ss'Z'}");
        var images = await sandbox.Pika.GetJsonAsync(List + "fal-ai/pika/v2.2/image-to-video");

        Assert.Equal([second, first], Ids(all));
        Assert.Equal(("one", 7), (all.GetProperty("items")[1].GetProperty("json_input").Text("prompt"), all.GetProperty("items")[1].GetProperty("json_input").GetProperty("seed").GetInt32()));
        Assert.False(all.GetProperty("has_more").GetBoolean());
        Assert.Equal([second, first], [.. Ids(page), .. Ids(next)]);
        Assert.True(page.GetProperty("has_more").GetBoolean());
        Assert.Equal([first], Ids(early));
        Assert.StartsWith("https://", images.GetProperty("items")[0].GetProperty("json_input").Text("image_url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_NoEndpointOrNoKey_IsRefused()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        using var bare = sandbox.Client("pika");

        Assert.Equal(HttpStatusCode.BadRequest, (await sandbox.Pika.GetAsync("v1/models/requests/by-endpoint")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bare.GetAsync(List + TextToVideo)).StatusCode);
    }

    private static string[] Ids(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Select(i => i.Text("request_id")!)];

    private static async Task<string> SubmitAsync(TestSandbox sandbox, string endpoint, string body) =>
        (await (await sandbox.Pika.PostJsonAsync(endpoint, body)).JsonAsync()).Text("request_id")!;
}
