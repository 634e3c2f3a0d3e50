using System.Text;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Native;

/// <summary>Native submits whose answer never reached the client, and are sent again.</summary>
public sealed class NativeRepetitionTests : IClassFixture<NativeGateway>
{
    private readonly NativeGateway _gateway;
    private readonly string _body = $$"""{"prompt":"{{Bodies.Unique("native")}}"}""";
    private int _jobs;

    public NativeRepetitionTests(NativeGateway gateway)
    {
        _gateway = gateway;
        gateway.Behave();
    }

    [Theory]
    [InlineData("/one/v1/flux-dev")]
    [InlineData("/sora/v1/videos")]
    [InlineData("/pika/fal-ai/pika/v2.2/text-to-video")]
    [InlineData("/veo-gemini/v1beta/models/veo-3.1-generate-preview:predictLongRunning")]
    public async Task Post_HangsUpAndSendsItAgain_GetsTheFirstAnswer(string path)
    {
        using var answered = new ManualResetEventSlim();
        _gateway.Provider.React = _ => Accept(answered);
        using var gone = new CancellationTokenSource();
        var lost = PostAndLeaveAsync(path, gone.Token);
        await Eventually.GetAsync(() => Task.FromResult(_gateway.Provider.Requests.Count), sent => sent == 1);
        await gone.CancelAsync();
        await lost;

        // One comes while the provider has not answered, one after.
        var during = _gateway.Client.PostToAsync(path, _body);
        answered.Set();
        var first = await during;
        var second = await _gateway.Client.PostToAsync(path, _body);

        Assert.Equal((200, "job-1"), (first.Status, first.Json.Text("id")));
        Assert.Equal((200, "job-2"), (second.Status, second.Json.Text("id")));
        Assert.Equal(2, _gateway.Provider.Requests.Count);
        Assert.All(_gateway.Provider.Requests, r => Assert.Equal(_body, r.Text));
    }

    [Fact]
    public async Task Post_ItIsAnsweredAfterTheClientHasGone_IsKeptForTheRepetition()
    {
        using var answered = new ManualResetEventSlim();
        _gateway.Provider.React = _ => Accept(answered);
        using var gone = new CancellationTokenSource();
        var lost = PostAndLeaveAsync("/one/v1/flux-dev", gone.Token);
        await Eventually.GetAsync(() => Task.FromResult(_gateway.Provider.Requests.Count), sent => sent == 1);
        await gone.CancelAsync();
        await lost;
        answered.Set();
        var another = await _gateway.Client.PostToAsync("/one/v1/flux-dev", _body, ("Idempotency-Key", "another"));
        var otherPath = await _gateway.Client.PostToAsync("/one/v1/flux-pro-1.1", _body);

        var again = await _gateway.Client.PostToAsync("/one/v1/flux-dev", _body);

        Assert.Equal("job-1", again.Json.Text("id"));
        Assert.Equal(["job-2", "job-3"], new[] { another.Json.Text("id"), otherPath.Json.Text("id") });
    }

    [Theory]
    [InlineData("/one/v1/flux-dev")]
    [InlineData("/sora/v1/videos")]
    public async Task Post_NobodyKnowsWhetherItWasAccepted_IsAnsweredTheSameAgain(string path)
    {
        _gateway.Provider.React = _ => Reaction.Reset;

        var answers = new[] { await _gateway.Client.PostToAsync(path, _body), await _gateway.Client.PostToAsync(path, _body) };

        Assert.All(answers, a => Assert.Equal((424, "false"), (a.Status, a.Header("x-should-retry"))));
        Assert.Equal(answers[0].Text, answers[1].Text);
        Assert.Single(_gateway.Provider.Requests);
    }

    [Fact]
    public async Task Post_TheAnswerArrives_TheSameRequestIsAnotherJob()
    {
        _gateway.Provider.React = _ => Accept(null);
        for (var i = 1; i <= 20; i++)
        {
            // Each over a connection of its own, which the client closes as soon as it has the answer.
            using var client = new HttpClient { BaseAddress = _gateway.Framegate.Address };
            client.DefaultRequestHeaders.ConnectionClose = true;
            using var content = new StringContent(_body, Encoding.UTF8, "application/json");
            var answer = await HttpAnswer.ReadAsync(await client.PostAsync(new Uri("/one/v1/flux-dev", UriKind.Relative), content));

            Assert.Equal($"job-{i}", answer.Json.Text("id"));
        }
    }

    private Reaction Accept(ManualResetEventSlim? answered)
    {
        var job = Interlocked.Increment(ref _jobs);
        answered?.Wait(TimeSpan.FromSeconds(30));
        return Reaction.Answer(200, $$"""{"id":"job-{{job}}"}""");
    }

    private async Task PostAndLeaveAsync(string path, CancellationToken gone)
    {
        using var client = new HttpClient { BaseAddress = _gateway.Framegate.Address };
        using var content = new StringContent(_body, Encoding.UTF8, "application/json");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.PostAsync(new Uri(path, UriKind.Relative), content, gone));
    }
}
