using System.Net.Sockets;
using System.Text;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Restart;

/// <summary>SIGTERM, which is how processes end in practice: nobody is kept waiting, and no submit is cut short.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class StopTests
{
    private const int Callers = 20;

    // Longer than the test's own patience: who is kept waiting for a job fails it.
    private const string Endless = "sandbox:slow=600";

    [Fact]
    public async Task Stop_CallersWaitForTheirJobs_TheyGetTheirIdsAndTheJobsGoOn()
    {
        using var data = new TempFolder();
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings { Sandbox = sandbox.Address, Data = data.Path, Routes = Repository.RoutesWith("Limits", "{}") };
        string[] ids;
        await using (var first = await FramegateProcess.StartAsync(settings))
        {
            var waiting = Enumerable.Range(0, Callers).Select(n => first.Client.PostAsync(Bodies.Of("sora", $"{Endless} number {n}"))).ToList();
            await Eventually.GetAsync(first.Client.ListAsync, all => all.Count(g => g.Text("metadata.phase") == "running") == Callers);
            using var http = new HttpClient { BaseAddress = first.Address };
            using var events = await http.GetAsync(
                new Uri($"/generations/{(await first.Client.ListAsync())[0].Text("request_id")}/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

            await first.TerminateAsync();

            var answers = await Task.WhenAll(waiting);
            Assert.All(answers, a => Assert.True(a.Status == 202, a.ToString()));
            Assert.All(answers, a => Assert.Equal("/generations/" + a.Json.Text("request_id"), a.Header("Location")));
            Assert.Contains("event: progress", await events.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(0, await first.ExitAsync());
            ids = [.. answers.Select(a => a.Json.Text("request_id"))];
        }

        await using var second = await FramegateProcess.StartAsync(settings);
        var seen = await Task.WhenAll(ids.Select(second.Client.FindAsync));
        Assert.All(seen, a => Assert.Equal("running", a.Json.Text("metadata.phase")));
        Assert.Equal(Callers, (await sandbox.LedgerAsync()).Count);
    }

    [Fact]
    public async Task Hangup_ServiceWithoutATerminal_GoesOn()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var gateway = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = sandbox.Address });

        await gateway.SignalAsync("HUP");

        Assert.Equal(200, (await gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A red fox")))).Status);
        await gateway.TerminateAsync();
        Assert.Equal(0, await gateway.ExitAsync());
    }

    [Fact]
    public async Task Stop_SubmitsAreOnTheirWay_TheyComeToTheirEndAndNoneIsUnknown()
    {
        using var data = new TempFolder();
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings { Sandbox = sandbox.Address, Data = data.Path, Routes = Repository.RoutesWith("Limits", "{}") };
        var ids = new List<string>();
        for (var round = 0; round < 4; round++)
        {
            await using var gateway = await FramegateProcess.StartAsync(settings);
            var sending = Enumerable.Range(0, Callers)
                .Select(n => SendAsync(gateway.Client, Bodies.Of(n % 2 == 0 ? "flux" : "sora", $"sandbox:late=2 round {round} number {n}"))).ToList();
            var before = await Eventually.GetAsync(gateway.Client.ListAsync, all => all.Any(g => g.Text("metadata.phase") == "submitting"));
            Assert.NotEmpty(before);

            await gateway.TerminateAsync();

            ids.AddRange((await Task.WhenAll(sending)).OfType<string>());
            Assert.Equal(0, await gateway.ExitAsync());
        }

        await using var last = await FramegateProcess.StartAsync(settings);
        var ended = await Eventually.GetAsync(last.Client.ListAsync, all => all.All(g => g.Text("status") != "processing"), seconds: 90);
        Assert.All(ended, g => Assert.True(g.Text("status") == "success", g.ToString()));
        Assert.Empty(ids.Except(ended.Select(g => g.Text("request_id"))));
        var ledger = await sandbox.LedgerAsync();
        Assert.Equal(ended.Count, ledger.Count);
        Assert.Equal(ledger.Count, ledger.Distinct().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"stream\":true")]
    public async Task Stop_ACallOfTheOpenAiDialectWaits_TheSameCallIsAnsweredFromItAfterTheNextStart(string more)
    {
        using var data = new TempFolder();
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings { Sandbox = sandbox.Address, Data = data.Path };
        var body = $$"""{"model":"flux/flux-pro-1.1","prompt":"sandbox:slow=10 {{Bodies.Unique("stopped")}}","size":"1024x1024"{{more}}}""";
        await using (var first = await FramegateProcess.StartAsync(settings))
        {
            var waiting = first.Client.PostToAsync("/v1/images/generations", body);
            await Eventually.GetAsync(first.Client.ListAsync, all => all.Any(g => g.Text("metadata.phase") == "running"));

            await first.TerminateAsync();

            var stopped = await waiting;
            Assert.True(more.Length > 0 || (stopped.Status, stopped.Header("Retry-After"), stopped.Header("x-should-retry")) == (503, "1", "true"), stopped.ToString());
            Assert.Contains("being restarted", stopped.Text, StringComparison.Ordinal);
            Assert.Equal(0, await first.ExitAsync());
        }

        await using var second = await FramegateProcess.StartAsync(settings);
        var answer = await second.Client.PostToAsync("/v1/images/generations", body);

        Assert.True(answer.Status == 200 && answer.Text.Contains("b64_json", StringComparison.Ordinal), answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Single(await sandbox.LedgerAsync());
    }

    [Fact]
    public async Task Stop_RepetitionsAreNotRecognised_TheCallIsAnsweredInAFormThatNobodyRepeats()
    {
        await using var gateway = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Sandbox = "",
            Variables = new Dictionary<string, string> { ["Framegate__Jobs__RepeatWindow"] = "00:00:00" },
        });
        var waiting = gateway.Client.PostToAsync("/v1/images/generations", """{"model":"flux/flux-pro-1.1","prompt":"sandbox:slow=600","size":"1024x1024"}""");
        await Eventually.GetAsync(gateway.Client.ListAsync, all => all.Any(g => g.Text("metadata.phase") == "running"));

        await gateway.TerminateAsync();

        var stopped = await waiting;
        Assert.Equal((424, "false"), (stopped.Status, stopped.Header("x-should-retry")));
    }

    [Fact]
    public async Task Stop_ANativeSubmitIsOnItsWay_ItsClientGetsTheAnswer()
    {
        var arrived = new TaskCompletionSource();
        using var stopped = new ManualResetEventSlim();
        await using var provider = new ScriptedServer(_ =>
        {
            arrived.TrySetResult();
            stopped.Wait(TimeSpan.FromSeconds(60));
            return Reaction.Answer(200, """{"id":"one"}""");
        });
        await using var gateway = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = $$"""
                {
                  "ReverseProxy": {
                    "Routes": { "flux": { "ClusterId": "flux", "Match": { "Path": "/flux/{**rest}" }, "Transforms": [{ "PathRemovePrefix": "/flux" }] } },
                    "Clusters": { "flux": { "Destinations": { "only": { "Address": "{{provider.Address}}/" } } } }
                  }
                }
                """,
            Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = "a-key-of-flux" },
        });
        var submit = gateway.Client.PostToAsync("/flux/v1/flux-pro-1.1", """{"prompt":"native"}""", ("x-key", "any"));
        await arrived.Task;

        await gateway.TerminateAsync();
        await Eventually.GetAsync(() => Task.FromResult(Accepts(gateway.Address)), accepts => !accepts);
        stopped.Set();

        var answer = await submit;
        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(0, await gateway.ExitAsync());
    }

    [Fact]
    public async Task Stop_AClientSendsItsRequestForEver_TheProgramEndsAllTheSame()
    {
        await using var gateway = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "" });
        using var slow = new TcpClient();
        await slow.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /generations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"));

        await gateway.TerminateAsync();

        Assert.Equal(0, await gateway.ExitAsync());
    }

    private static bool Accepts(Uri address)
    {
        try
        {
            using var client = new TcpClient(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A caller that takes what it gets: an answer with an id, or none where the port is closed already.</summary>
    private static async Task<string?> SendAsync(GatewayClient client, string body)
    {
        try
        {
            var answer = await client.PostAsync(body);
            Assert.True(answer.Status is 200 or 202, answer.ToString());
            return answer.Json.Text("request_id");
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            return null;
        }
    }
}
