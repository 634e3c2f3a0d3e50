using System.Net.Sockets;
using System.Text;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Repetitions;

/// <summary>Clients that hang up, or get no certain answer, and ask for the same again without saying so in a header. The ledger of the stand-in providers counts.</summary>
public sealed class HangUpTests(RepetitionGateway gateway) : IClassFixture<RepetitionGateway>
{
    private const string Unified = "/generations";
    private const string Images = "/v1/images/generations";
    private readonly SandboxProcess _sandbox = gateway.Sandbox;
    private readonly FramegateProcess _framegate = gateway.Framegate;

    public static TheoryData<string, int, string?> Calls
    {
        get
        {
            var calls = new TheoryData<string, int, string?>();
            foreach (var cache in new[] { null, "no-store", "no-cache" })
            {
                calls.Add(Unified, 1, cache);
                calls.Add(Images, 1, cache);
                calls.Add(Images, 4, cache);
            }

            return calls;
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Post_HangsUpAndAsksAgain_IsPaidOnce(string path, int n, string? cache)
    {
        var prompt = Bodies.Unique("sandbox:slow=2");
        var body = BodyOf(path, prompt, n);
        (string, string)[] headers = cache is null ? [] : [("Cache-Control", cache)];

        await HangUpAsync(path, body, prompt, n, headers);
        var again = await _framegate.Client.PostToAsync(path, body, headers);

        Assert.True(again.Status == 200, again.ToString());
        Assert.Equal(n, await _sandbox.PaidAsync(prompt));
        Assert.Equal(path == Unified ? "true" : null, again.Header("Idempotent-Replayed"));
        if (path == Images)
        {
            Assert.Equal(n, again.Json.At("data").EnumerateArray().Select(i => i.Text("b64_json")).Distinct().Count());
        }

        // Now it has its answer; who leaves the cache out of it wants another one.
        Assert.Equal(200, (await _framegate.Client.PostToAsync(path, body, ("Cache-Control", "no-store"))).Status);
        Assert.Equal(2 * n, await _sandbox.PaidAsync(prompt));
    }

    /// <summary>The repetition may be read before the server has noticed that the first caller is gone, and even before the first request.</summary>
    [Theory]
    [InlineData(Unified)]
    [InlineData(Images)]
    public async Task Post_HangsUpAtOnceAndAsksAgain_IsPaidOnce(string path)
    {
        for (var round = 0; round < 20; round++)
        {
            var prompt = Bodies.Unique("at once");
            var body = BodyOf(path, prompt);
            using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
            {
                await socket.ConnectAsync(_framegate.Address.Host, _framegate.Address.Port);
                await socket.SendAsync(Encoding.UTF8.GetBytes(
                    $"POST {path} HTTP/1.1\r\nHost: {_framegate.Address.Authority}\r\nContent-Type: application/json\r\nCache-Control: no-store\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
            }

            var again = await _framegate.Client.PostToAsync(path, body, ("Cache-Control", "no-store"));

            Assert.True(again.Status == 200, again.ToString());
            Assert.Equal(1, await _sandbox.PaidAsync(prompt));
        }
    }

    public static TheoryData<string, string, string> Answers => new()
    {
        { Unified, "Prefer: respond-async\r\n", "" }, { Unified, "", "" }, { Images, "", "" }, { "/v1/videos", "", "" }, { "/flux/v1/flux-dev", "", "native" },
    };

    /// <summary>The answer lies in the client's system when the client hangs up.</summary>
    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Post_HangsUpOnAnAnswerThatItHasNotReadAndAsksAgain_IsPaidOnce(string path, string header, string kind)
    {
        var prompt = Bodies.Unique("unread");
        var body = path switch
        {
            "/v1/videos" => $$"""{"model":"sora/sora-2","prompt":"{{prompt}}","seconds":"4"}""",
            _ => kind == "native" ? $$"""{"prompt":"{{prompt}}"}""" : BodyOf(path, prompt),
        };
        var request = Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {_framegate.Address.Authority}\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n{header}Content-Length: {body.Length}\r\n\r\n{body}");
        for (var round = 0; round < 2; round++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(_framegate.Address.Host, _framegate.Address.Port);
            await socket.SendAsync(request);
            await Eventually.GetAsync(() => Task.FromResult(socket.Available), available => available > 0);
        }

        (string, string)[] headers = header.Length > 0 ? [("Cache-Control", "no-store"), ("Prefer", "respond-async")] : [("Cache-Control", "no-store")];
        var again = await _framegate.Client.PostToAsync(path, body, headers);
        Assert.True(again.Status is >= 200 and < 300, again.ToString());
        Assert.Equal(1, await Eventually.GetAsync(() => _sandbox.PaidAsync(prompt), paid => paid > 0));

        // Now it has its answer, and so has each of those who read theirs before they hang up.
        for (var round = 0; round < 6; round++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(_framegate.Address.Host, _framegate.Address.Port);
            await socket.SendAsync(request);
            await ReadAnswerAsync(socket);
        }

        await Eventually.GetAsync(() => _sandbox.PaidAsync(prompt), paid => paid == 7);
    }

    [Fact]
    public async Task Post_ThreeCallsAtOnceHangUpAndAskAgain_AreThreePicturesPaidOnceEach()
    {
        var prompt = Bodies.Unique("sandbox:slow=2");
        var body = BodyOf(Images, prompt);
        using (var gone = new CancellationTokenSource())
        {
            var calls = Enumerable.Range(0, 3).Select(_ => PostAndLeaveAsync(Images, body, gone.Token)).ToList();
            await Eventually.GetAsync(() => _sandbox.PaidAsync(prompt), paid => paid == 3);
            await gone.CancelAsync();
            await Task.WhenAll(calls);
        }

        var again = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _framegate.Client.PostToAsync(Images, body)));

        Assert.All(again, a => Assert.Equal(200, a.Status));
        Assert.Equal(3, again.Select(a => a.Json.Text("data[0].b64_json")).Distinct().Count());
        Assert.Equal(3, await _sandbox.PaidAsync(prompt));
    }

    [Theory]
    [InlineData(Unified)]
    [InlineData(Images)]
    public async Task Post_HangsUpAndAsksUnderAnotherKey_WantsAnother(string path)
    {
        var prompt = Bodies.Unique("sandbox:slow=2");
        var body = BodyOf(path, prompt);

        await HangUpAsync(path, body, prompt, 1, ("Cache-Control", "no-store"));
        var another = await _framegate.Client.PostToAsync(path, body, ("Cache-Control", "no-store"), ("Idempotency-Key", Bodies.Unique("another")));
        var first = await _framegate.Client.PostToAsync(path, body, ("Cache-Control", "no-store"));

        Assert.Equal((200, 200), (another.Status, first.Status));
        Assert.Equal(2, await _sandbox.PaidAsync(prompt));
    }

    [Theory]
    [InlineData(Unified, "sandbox:drop", null)]
    [InlineData(Unified, "sandbox:drop", "no-store")]
    [InlineData(Unified, "sandbox:error", "no-store")]
    [InlineData(Images, "sandbox:drop", null)]
    [InlineData(Images, "sandbox:drop", "no-cache")]
    [InlineData(Images, "sandbox:error", null)]
    public async Task Post_NobodyKnowsWhetherItWasPaid_WhoeverAsksAgainIsAnsweredTheSame(string path, string magic, string? cache)
    {
        var prompt = Bodies.Unique(magic);
        var body = BodyOf(path, prompt);
        (string, string)[] headers = cache is null ? [] : [("Cache-Control", cache)];

        var answers = new List<HttpAnswer>();
        for (var i = 0; i < 3; i++)
        {
            answers.Add(await _framegate.Client.PostToAsync(path, body, headers));
        }

        Assert.All(answers, a => Assert.Equal((424, "false", null), (a.Status, a.Header("x-should-retry"), a.Header("Retry-After"))));
        Assert.Equal(1, await _sandbox.PaidAsync(prompt));
        if (path == Unified)
        {
            Assert.Single(answers.Select(a => a.Json.Text("request_id")).Distinct());
        }
    }

    [Theory]
    [InlineData(Unified)]
    [InlineData(Images)]
    public async Task Post_TheGatewayIsKilledMeanwhile_TheRepetitionIsPaidOnce(string path)
    {
        using var data = new TempFolder();
        var prompt = Bodies.Unique("sandbox:slow=3");
        var body = BodyOf(path, prompt);
        await using (var first = await FramegateProcess.StartAsync(gateway.Settings with { Data = data.Path }))
        {
            var lost = first.Client.PostToAsync(path, body, ("Cache-Control", "no-store"));
            await Eventually.GetAsync(first.Client.ListAsync, all => all is [var one] && one.Text("metadata.phase") == "running");
            await first.KillAsync();
            await Task.WhenAny(lost);
        }

        await using var second = await FramegateProcess.StartAsync(gateway.Settings with { Data = data.Path });
        var again = await second.Client.PostToAsync(path, body, ("Cache-Control", "no-store"));
        var another = await second.Client.PostToAsync(path, body, ("Cache-Control", "no-store"));

        Assert.Equal((200, 200), (again.Status, another.Status));
        Assert.Equal(2, await _sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_AnsweredBeforeAnOrderlyStop_TheSameRequestAfterItIsAnother()
    {
        using var data = new TempFolder();
        var prompt = Bodies.Unique("stop");
        var body = BodyOf(Unified, prompt);
        string id;
        await using (var first = await FramegateProcess.StartAsync(gateway.Settings with { Data = data.Path }))
        {
            id = (await first.Client.PostAsync(body, ("Cache-Control", "no-store"))).Json.Text("request_id");
            await first.TerminateAsync();
            await first.ExitAsync();
        }

        await using var second = await FramegateProcess.StartAsync(gateway.Settings with { Data = data.Path });
        Assert.NotEqual(id, (await second.Client.PostAsync(body, ("Cache-Control", "no-store"))).Json.Text("request_id"));
        Assert.Equal(2, await _sandbox.PaidAsync(prompt));
    }

    private static string BodyOf(string path, string prompt, int n = 1) =>
        path == Unified ? Bodies.Of("flux", prompt) : $$"""{"model":"flux-pro-1.1","prompt":"{{prompt}}","n":{{n}}}""";

    /// <summary>Asks, and hangs up once the jobs run.</summary>
    private async Task HangUpAsync(string path, string body, string prompt, int jobs, params (string Name, string Value)[] headers)
    {
        using var gone = new CancellationTokenSource();
        var call = PostAndLeaveAsync(path, body, gone.Token, headers);
        await Eventually.GetAsync(() => _sandbox.PaidAsync(prompt), paid => paid == jobs);
        await gone.CancelAsync();
        await call;
    }

    private async Task PostAndLeaveAsync(string path, string body, CancellationToken gone, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient { BaseAddress = _framegate.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(request, gone));
    }

    private static async Task ReadAnswerAsync(Socket socket)
    {
        var (text, buffer) = ("", new byte[65536]);
        while (true)
        {
            text += Encoding.Latin1.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
            if (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is > 0 and var end
                && (text.Contains("chunked", StringComparison.OrdinalIgnoreCase) ? text.EndsWith("0\r\n\r\n", StringComparison.Ordinal) : text.Length >= end + 4 + Length(text)))
            {
                return;
            }
        }

        static int Length(string text) => int.Parse(
            System.Text.RegularExpressions.Regex.Match(text, "content-length: *([0-9]+)", System.Text.RegularExpressions.RegexOptions.IgnoreCase).Groups[1].Value,
            System.Globalization.CultureInfo.InvariantCulture);
    }
}
