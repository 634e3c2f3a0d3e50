using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Native;

/// <summary>Native submits of two clients, and a gateway that is killed.</summary>
public sealed class NativeRestartTests : IAsyncLifetime, IDisposable
{
    private const string Path = "/flux/v1/flux-dev";
    private static readonly (string, string) s_shop = ("Authorization", "Bearer shop-key-51cc");
    private static readonly (string, string) s_blog = ("Authorization", "Bearer blog-key-8e02");
    private readonly string _body = $$"""{"prompt":"{{Bodies.Unique("native")}}"}""";
    private readonly TempFolder _data = new();
    private readonly ManualResetEventSlim _answers = new(true);
    private readonly ScriptedServer _provider;
    private FramegateProcess _framegate = null!;
    private int _jobs;

    public NativeRestartTests() => _provider = new ScriptedServer(r =>
    {
        if (r.Method != "POST")
        {
            return Reaction.Answer(200, """{"id":"job-1","status":"Pending"}""");
        }

        var job = Interlocked.Increment(ref _jobs);
        _answers.Wait(TimeSpan.FromSeconds(30));
        return Reaction.Answer(200, $$"""{"id":"job-{{job}}"}""");
    });

    public async Task InitializeAsync() => _framegate = await StartAsync();

    public async Task DisposeAsync()
    {
        await _framegate.DisposeAsync();
        await _provider.DisposeAsync();
    }

    public void Dispose()
    {
        _answers.Dispose();
        _data.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_TheProviderHasAnsweredAndTheClientHasGone_TheRepetitionGetsThatAnswer(bool stops)
    {
        await SubmitAndLeaveAsync();
        _answers.Set();

        await Eventually.GetAsync(() => Task.FromResult(_framegate.Output), o => o.Contains("Native submit /v1/flux-", StringComparison.Ordinal));

        // What is written down for another submit comes after it.
        Assert.Equal("job-2", (await _framegate.Client.PostToAsync(Path, """{"prompt":"another"}""", s_blog)).Json.Text("id"));
        await RestartAsync(stops);

        var again = await PostAsync(s_shop);
        var ofAnother = await PostAsync(s_blog);
        var another = await PostAsync(s_shop);

        Assert.Equal((200, "job-1"), (again.Status, again.Json.Text("id")));
        Assert.Equal(["job-3", "job-4"], new[] { ofAnother.Json.Text("id"), another.Json.Text("id") });
    }

    [Fact]
    public async Task Kill_TheProviderHasNotAnswered_TheRepetitionIsToldSoAndNothingIsSent()
    {
        await SubmitAndLeaveAsync();
        await RestartAsync(stops: false);
        _answers.Set();

        var answers = new[] { await PostAsync(s_shop), await PostAsync(s_shop) };
        var ofAnother = await PostAsync(s_blog);

        Assert.All(answers, a => Assert.Equal((424, "false"), (a.Status, a.Header("x-should-retry"))));
        Assert.Contains("Nobody knows", answers[0].Text, StringComparison.Ordinal);
        Assert.Equal((200, 2), (ofAnother.Status, _provider.Requests.Count));
    }

    [Fact]
    public async Task Kill_TheAnswerHasArrived_TheSameRequestIsAnotherJob()
    {
        Assert.Equal("job-1", (await PostAsync(s_shop)).Json.Text("id"));

        // An orderly stop writes down at once what is otherwise written a second later.
        await RestartAsync(stops: true);

        Assert.Equal("job-2", (await PostAsync(s_shop)).Json.Text("id"));
    }

    [Fact]
    public async Task Kill_OneClientHasAJob_ItIsStillThereForThatClientAlone()
    {
        Assert.Equal("job-1", (await PostAsync(s_shop)).Json.Text("id"));
        await RestartAsync(stops: false);

        Assert.Equal(200, (await _framegate.Client.GetAsync("/flux/v1/get_result?id=job-1", s_shop)).Status);
        Assert.Equal(404, (await _framegate.Client.GetAsync("/flux/v1/get_result?id=job-1", s_blog)).Status);
        Assert.Equal(404, (await _framegate.Client.GetAsync("/flux/v1/get_result?id=job-2", s_shop)).Status);
    }

    private Task<HttpAnswer> PostAsync((string, string) client) => _framegate.Client.PostToAsync(Path, _body, client);

    private async Task SubmitAndLeaveAsync()
    {
        _answers.Reset();
        using var gone = new CancellationTokenSource();
        using var client = new HttpClient { BaseAddress = _framegate.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Path, UriKind.Relative)) { Content = new StringContent(_body, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.Add(s_shop.Item1, s_shop.Item2);
        var lost = client.SendAsync(request, gone.Token);
        await Eventually.GetAsync(() => Task.FromResult(_provider.Requests.Count), sent => sent == 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
    }

    private async Task RestartAsync(bool stops)
    {
        if (stops)
        {
            await _framegate.TerminateAsync();
            await _framegate.ExitAsync();
        }
        else
        {
            await _framegate.KillAsync();
        }

        await _framegate.DisposeAsync();
        _framegate = await StartAsync();
    }

    private Task<FramegateProcess> StartAsync()
    {
        var routes = JsonNode.Parse(Repository.RoutesWith("Clients", """{"shop":{"KeyEnv":"SHOP_KEY"},"blog":{"KeyEnv":"BLOG_KEY"}}"""))!;
        routes["ReverseProxy"]!["Clusters"]!["flux"]!["Destinations"] = new JsonObject { ["only"] = new JsonObject { ["Address"] = _provider.Address + "/" } };
        return FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = routes.ToJsonString(),
            Data = _data.Path,
            Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = "key", ["SHOP_KEY"] = "shop-key-51cc", ["BLOG_KEY"] = "blog-key-8e02" },
        });
    }
}
