using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.FirstRun;

/// <summary>Waiting, not waiting, giving up, asking twice.</summary>
public sealed class WaitingTests(Gateway gateway) : IClassFixture<Gateway>
{
    private readonly GatewayClient _client = gateway.Client;

    [Fact]
    public async Task Post_RespondAsync_AnswersAtOnceAndFinishesLater()
    {
        var answer = await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=1")), ("Prefer", "respond-async"));

        Assert.Equal(202, answer.Status);
        Assert.Equal("processing", answer.Json.Text("status"));
        Assert.Equal("respond-async", answer.Header("Preference-Applied"));
        Assert.NotNull(answer.Header("Retry-After"));
        var id = answer.Json.Text("request_id");
        Assert.Equal("/generations/" + id, answer.Header("Location"));
        Assert.Equal("success", (await _client.EndOfAsync(id)).Text("status"));
    }

    [Fact]
    public async Task Post_WaitOfZero_AnswersAtOnce()
    {
        var answer = await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=1")), ("Prefer", "wait=0"));

        Assert.Equal(202, answer.Status);
        Assert.NotNull(answer.Header("Location"));
        Assert.Equal("success", (await _client.EndOfAsync(answer.Json.Text("request_id"))).Text("status"));
    }

    [Fact]
    public async Task Post_CallersTimeIsOver_FailsAndKeepsTheLateResult()
    {
        var prompt = Bodies.Unique("sandbox:slow=12");

        var answer = await _client.PostAsync(Bodies.Of("flux", prompt, ("timeout", 6)));

        Assert.Equal(424, answer.Status);
        Assert.Equal("TIMEOUT", answer.Json.Text("error.code"));
        Assert.False(answer.Json.At("error.retryable").GetBoolean(), answer.ToString());
        Assert.Equal("unknown", answer.Json.Text("metadata.attempts[0].billed"));
        var late = await Eventually.GetAsync(() => _client.FindAsync(answer.Json.Text("request_id")), a => a.Json.Text("status") == "success");
        Assert.Equal(200, (await _client.GetAsync(late.Json.Text("result.media[0].url"))).Status);
        Assert.Equal("yes", late.Json.Text("metadata.attempts[0].billed"));
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_ClientGoesAway_TheGenerationGoesOn()
    {
        var id = Bodies.Unique("gone").Replace(' ', '-');
        var body = Bodies.Of("flux", Bodies.Unique("sandbox:slow=2"), ("request_id", id));
        using (var impatient = new HttpClient { BaseAddress = gateway.Framegate.Address })
        using (var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"))
        using (var gone = new CancellationTokenSource())
        {
            var call = impatient.PostAsync(new Uri("/generations", UriKind.Relative), content, gone.Token);
            await Eventually.GetAsync(() => _client.FindAsync(id), a => a.Status == 200);
            await gone.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }

        Assert.Equal("success", (await _client.EndOfAsync(id)).Text("status"));
    }

    [Fact]
    public async Task Delete_RunningGeneration_EndsIt()
    {
        var id = await _client.StartAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=60")));
        await Eventually.GetAsync(() => _client.FindAsync(id), a => a.Json.Text("metadata.phase") == "running");

        var answer = await _client.SendAsync(HttpMethod.Delete, "/generations/" + id);

        Assert.Equal(200, answer.Status);
        Assert.Equal("cancelled", answer.Json.Text("metadata.phase"));
        Assert.Equal("UNKNOWN_ERROR", answer.Json.Text("error.code"));
        Assert.Equal("cancelled", answer.Json.Text("error.details.reason"));
        Assert.Equal("unknown", answer.Json.Text("metadata.attempts[0].billed"));
        Assert.Equal("cancelled", (await _client.FindAsync(id)).Json.Text("metadata.phase"));
    }

    [Fact]
    public async Task Delete_FinishedGeneration_LeavesItAsItIs()
    {
        var done = await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")));

        var answer = await _client.SendAsync(HttpMethod.Delete, "/generations/" + done.Json.Text("request_id"));

        Assert.Equal(200, answer.Status);
        Assert.Equal("success", answer.Json.Text("status"));
    }

    [Theory]
    [InlineData("GET", "/generations/nobody")]
    [InlineData("DELETE", "/generations/nobody")]
    [InlineData("GET", "/media/nothing")]
    [InlineData("GET", "/schemas/9.9/request.json")]
    public async Task Unknown_Thing_IsAProblem(string method, string path)
    {
        var answer = await _client.SendAsync(new HttpMethod(method), path);

        Assert.Equal(404, answer.Status);
        Assert.Equal("application/problem+json", answer.Header("Content-Type"));
    }

    [Fact]
    public async Task Post_SameIdempotencyKey_ReplaysConflictsAndPaysOnce()
    {
        var key = ("Idempotency-Key", Bodies.Unique("key"));
        var prompt = Bodies.Unique("sandbox:slow=2");
        var body = Bodies.Of("flux", prompt);
        var first = _client.PostAsync(body, key);
        await Eventually.GetAsync(() => gateway.Sandbox.PaidAsync(prompt), n => n == 1);

        var meanwhile = await _client.PostAsync(body, key);
        Assert.Equal(409, meanwhile.Status);

        var done = await first;
        Assert.Equal(200, done.Status);
        Assert.Null(done.Header("Idempotent-Replayed"));

        var replay = await _client.PostAsync(body, key);
        Assert.Equal(200, replay.Status);
        Assert.Equal("true", replay.Header("Idempotent-Replayed"));
        Assert.Equal(done.Json.At("result").ToString(), replay.Json.At("result").ToString());

        var other = await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("Another")), key);
        Assert.Equal(422, other.Status);
        Assert.Equal("INVALID_REQUEST", other.Json.Text("error.code"));
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_SameRequestIdTwice_ReplaysOrConflicts()
    {
        var id = Bodies.Unique("id").Replace(' ', '-');
        var prompt = Bodies.Unique("A lighthouse");
        var body = Bodies.Of("flux", prompt, ("request_id", id));

        var first = await _client.PostAsync(body);
        var again = await _client.PostAsync(body);
        var other = await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("Another"), ("request_id", id)));

        Assert.Equal((200, 200, 409), (first.Status, again.Status, other.Status));
        Assert.Equal("true", again.Header("Idempotent-Replayed"));
        Assert.Equal(id, again.Json.Text("request_id"));
        Assert.Equal("request_id", other.Json.Text("error.details.fields[0].field"));
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_ManyAtOnceWithOneKey_PaysOnce()
    {
        var key = ("Idempotency-Key", Bodies.Unique("key"));
        var prompt = Bodies.Unique("A lighthouse");
        var body = Bodies.Of("flux", prompt);

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => _client.PostAsync(body, key, ("Prefer", "respond-async"))));

        Assert.All(answers, a => Assert.Contains(a.Status, new[] { 200, 202, 409 }));
        Assert.Single(answers.Where(a => a.Status != 409).Select(a => a.Json.Text("request_id")).Distinct());
        await _client.EndOfAsync(answers.First(a => a.Status != 409).Json.Text("request_id"));
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }
}
