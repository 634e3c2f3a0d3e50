using System.Net.ServerSentEvents;
using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Versions;

/// <summary><c>GET /generations/{id}/events</c>, read with the framework's own parser.</summary>
public sealed class EventStreamTests(Gateway gateway) : IClassFixture<Gateway>, IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = gateway.Framegate.Address, Timeout = TimeSpan.FromSeconds(60) };

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Events_RunningGeneration_TellProgressThenTheEnd()
    {
        var id = await gateway.Client.StartAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=2")));

        var events = await ReadAsync(id);

        Assert.All(events.SkipLast(1), e => Assert.Equal(("progress", "processing"), (e.EventType, Json(e).Text("status"))));
        Assert.Equal(("completed", "success"), (events[^1].EventType, Json(events[^1]).Text("status")));
        Assert.True(events.Count > 1);
        Assert.Equal(events.Count, events.Select(e => e.EventId).Distinct().Count());
        Assert.Equal(id, Json(events[^1]).Text("request_id"));
        Assert.NotEmpty(Json(events[^1]).Text("result.media[0].url"));
    }

    [Fact]
    public async Task Events_FinishedGeneration_TellTheEndOnly()
    {
        var id = (await gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("sandbox:moderated")))).Json.Text("request_id");

        var only = Assert.Single(await ReadAsync(id));

        Assert.Equal(("failed", "CONTENT_POLICY_VIOLATION"), (only.EventType, Json(only).Text("error.code")));
    }

    [Fact]
    public async Task Events_ClientComesBack_HearsOnlyWhatIsNew()
    {
        var id = await gateway.Client.StartAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=3")));
        await Eventually.GetAsync(() => gateway.Client.FindAsync(id), a => a.Json.Text("metadata.phase") == "running");
        var first = (await ReadAsync(id, take: 1))[0];

        var rest = await ReadAsync(id, first.EventId);

        Assert.DoesNotContain(first.EventId, rest.Select(e => e.EventId));
        Assert.Equal("completed", rest[^1].EventType);
        using var again = await SendAsync(id, rest[^1].EventId);
        Assert.Equal(204, (int)again.StatusCode);
    }

    [Fact]
    public async Task Events_CallersTimeIsOver_TellTheFailureAndLaterTheResult()
    {
        var id = await gateway.Client.StartAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=12"), ("timeout", 6)));

        var end = (await ReadAsync(id))[^1];
        Assert.Equal(("failed", "TIMEOUT"), (end.EventType, Json(end).Text("error.code")));

        await gateway.Client.GetAsync("/generations/" + id);
        await Eventually.GetAsync(() => gateway.Client.FindAsync(id), a => a.Json.Text("status") == "success");
        Assert.Equal("completed", Assert.Single(await ReadAsync(id, end.EventId)).EventType);
    }

    [Fact]
    public async Task Events_ManyLinesInTheMetadata_StayInOneEvent()
    {
        var body = """{"provider":"flux","model":"flux-dev","media_type":"image","prompt":"x","metadata":{"a":"one\ntwo",  "b":[1,""" + "\n\n" + "2]}}";
        var id = (await gateway.Client.PostAsync(body)).Json.Text("request_id");

        Assert.Equal("one\ntwo", Json(Assert.Single(await ReadAsync(id))).Text("metadata.request.a"));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    public async Task Events_OlderVersion_SpeakIt(string version)
    {
        var id = await gateway.Client.StartAsync(OlderBodies.Of(version, Bodies.Unique("sandbox:slow=1")));

        Assert.All(await ReadAsync(id), e => OlderVersionTests.AssertIs(version, Json(e)));
    }

    [Fact]
    public async Task Events_UnknownGeneration_IsAProblem() => Assert.Equal(404, (await gateway.Client.GetAsync("/generations/nobody/events")).Status);

    private async Task<List<SseItem<string>>> ReadAsync(string id, string? last = null, int take = int.MaxValue)
    {
        using var response = await SendAsync(id, last);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            events.Add(item);
            if (events.Count == take)
            {
                break;
            }
        }

        return events;
    }

    private async Task<HttpResponseMessage> SendAsync(string id, string? last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/generations/{id}/events");
        if (last is not null)
        {
            request.Headers.Add("Last-Event-ID", last);
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static JsonElement Json(SseItem<string> item)
    {
        using var document = JsonDocument.Parse(item.Data);
        return document.RootElement.Clone();
    }
}
