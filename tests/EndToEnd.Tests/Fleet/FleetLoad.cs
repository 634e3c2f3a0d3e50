using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>Clients of a fleet that goes to pieces: each asks any replica, and asks again, elsewhere, when its answer is lost.</summary>
/// <param name="replicas">Where replicas listen, whether they run or not.</param>
/// <param name="callbackUrl">Where the end of a generation is told.</param>
public sealed class FleetLoad(IReadOnlyList<Uri> replicas, string callbackUrl) : IDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(90) };
    private readonly Random _random = new(7);
    private readonly ConcurrentDictionary<string, string> _insisting = new();
    private int _asked;

    /// <summary>The generations that somebody was told of, with the prompt of each.</summary>
    public ConcurrentDictionary<string, string> Acknowledged { get; } = new();

    /// <summary>Those whose end must be told.</summary>
    public ConcurrentDictionary<string, string> WithCallback { get; } = new();

    /// <summary>The prompts of results that somebody has.</summary>
    public ConcurrentDictionary<string, int> Successes { get; } = new();

    /// <summary>The calls that are still repeated, each with the last answer to it.</summary>
    public IEnumerable<string> Insisting => _insisting.Select(c => $"{c.Key}: {c.Value}");

    /// <summary>How many requests were begun.</summary>
    public int Asked => _asked;

    public void Dispose() => _http.Dispose();

    /// <summary>Asks until it is told to stop; what was begun is brought to its end.</summary>
    public async Task RunAsync(int number, CancellationToken stop)
    {
        for (var turn = number; !stop.IsCancellationRequested; turn++)
        {
            Interlocked.Increment(ref _asked);
            switch (turn % 6)
            {
                case 0:
                    await WaitAsync(Bodies.Of("flux", Bodies.Unique("sandbox:ok waits")));
                    break;
                case 1:
                    await WaitAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=2 is told"), ("callback_url", callbackUrl)));
                    break;
                case 2:
                    await OpenAiAsync();
                    break;
                case 3:
                    await CancelAsync();
                    break;
                case 4:
                    var same = Bodies.Of("flux", Bodies.Unique("sandbox:slow=1 all the same"));
                    await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => WaitAsync(same)));
                    break;
                default:
                    // More of these than the limit allows.
                    await WaitAsync(Bodies.Of("sora", Bodies.Unique("sandbox:ok limited"), ("timeout", 5)));
                    break;
            }
        }
    }

    /// <summary>The end of a generation, asked at any replica.</summary>
    public async Task<JsonNode> EndOfAsync(string id)
    {
        var (_, state) = await InsistAsync(
            HttpMethod.Get, "/generations/" + id, null, null, [], answer => answer is (200, { } state) && (string?)state["status"] is not "processing");
        return state!;
    }

    private async Task WaitAsync(string body)
    {
        var (status, state) = await InsistAsync("/generations", body);
        if (state?["request_id"]?.GetValue<string>() is not { } id || status is 400)
        {
            Assert.True(status is 429, $"{status} {state}");
            return;
        }

        var prompt = JsonNode.Parse(body)!["prompt"]!.GetValue<string>();
        if (status is 429)
        {
            // Refused before it was taken in, or ended for want of a turn: in both cases nothing is paid.
            return;
        }

        Acknowledged[id] = prompt;
        if (body.Contains("callback_url", StringComparison.Ordinal))
        {
            WithCallback[id] = prompt;
        }

        if ((string?)(await EndOfAsync(id))["status"] == "success")
        {
            Successes[prompt] = 1;
        }
    }

    private async Task OpenAiAsync()
    {
        var prompt = Bodies.Unique("sandbox:ok as with OpenAI");
        var (status, answer) = await InsistAsync("/v1/images/generations", new JsonObject { ["model"] = "flux/flux-pro-1.1", ["prompt"] = prompt }.ToJsonString());
        Assert.True(status is 200 or 424 or 429 or 502 or 504, $"{status} {answer}");
        if (status == 200)
        {
            Successes[prompt] = 1;
        }
    }

    private async Task CancelAsync()
    {
        var body = Bodies.Of("flux", Bodies.Unique("sandbox:slow=30 to be cancelled"));
        var (status, state) = await InsistAsync("/generations", body, ("Prefer", "respond-async"));
        Assert.True(status is 202 or 200, $"{status} {state}");
        var id = state!["request_id"]!.GetValue<string>();
        Acknowledged[id] = JsonNode.Parse(body)!["prompt"]!.GetValue<string>();
        await InsistAsync(HttpMethod.Delete, "/generations/" + id, null, null, [], answer => answer.Status is 200);
    }

    /// <summary>Sends it, with one idempotency key, until there is an answer.</summary>
    /// <remarks>409: the first one is still in flight; 503: its store, or its replica, is away.</remarks>
    private Task<(int Status, JsonNode? Answer)> InsistAsync(string path, string body, params (string Name, string Value)[] headers) =>
        InsistAsync(HttpMethod.Post, path, body, Guid.NewGuid().ToString("n"), headers, answer => answer.Status is not (0 or 409 or 503));

    private async Task<(int Status, JsonNode? Answer)> InsistAsync(
        HttpMethod method, string path, string? body, string? key, (string Name, string Value)[] headers, Func<(int Status, JsonNode? Answer), bool> isEnd)
    {
        var call = $"{method} {path} {key} ({Guid.NewGuid():n})";
        _insisting[call] = "no answer yet";
        for (var number = 1; ; number++)
        {
            var answer = await TrySendAsync(method, path, body, key, headers);
            if (isEnd(answer))
            {
                _insisting.TryRemove(call, out _);
                return answer;
            }

            _insisting[call] = $"{answer.Status} at try {number} {answer.Answer?.ToJsonString()} {(answer.Status == 200 ? null : body)}";
            await Task.Delay(_pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<(int Status, JsonNode? Answer)> TrySendAsync(HttpMethod method, string path, string? body, string? key, params (string Name, string Value)[] headers)
    {
        Uri replica;
        lock (_random)
        {
            replica = replicas[_random.Next(replicas.Count)];
        }

        try
        {
            using var request = new HttpRequestMessage(method, new Uri(replica, path)) { Content = body is null ? null : new StringContent(body, null, "application/json") };
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }

            foreach (var (name, value) in headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }

            using var response = await _http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            return ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text) : null);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return default;
        }
    }
}
