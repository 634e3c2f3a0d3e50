using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Sandbox.Tests.Engine;

/// <summary>One described provider in a sandbox whose clock the test moves.</summary>
internal sealed class StandInClient : IAsyncDisposable
{
    private readonly TestSandbox _sandbox;
    private readonly string _name;
    private readonly string _fixtures;

    private StandInClient(TestSandbox sandbox, string name, string fixtures)
    {
        _sandbox = sandbox;
        _name = name;
        _fixtures = fixtures;
        Http = sandbox.Client(name);
    }

    public HttpClient Http { get; }

    public Uri Address => _sandbox.Server.Providers[_name];

    public IReadOnlyList<LedgerEntry> Ledger => _sandbox.Server.Ledger.Read(_name);

    public static async Task<StandInClient> StartAsync(
        string name, string header, string key, Func<SandboxOptions, SandboxOptions>? change = null, string? fixtures = null)
    {
        var client = new StandInClient(await TestSandbox.StartAsync(change), name, fixtures ?? name);
        client.Http.DefaultRequestHeaders.Add(header, key);
        return client;
    }

    public void Advance(double seconds) => _sandbox.Time.Advance(TimeSpan.FromSeconds(seconds));

    public JsonElement Sample(string file) => TestSandbox.FixtureJson($"{_fixtures}/{file}.json");

    /// <summary>A sample's text in which the prompt is another.</summary>
    public string Request(string file, string? prompt = null)
    {
        var text = TestSandbox.Fixture($"{_fixtures}/{file}.json");
        return prompt is null ? text : Swap(JsonNode.Parse(text)!, prompt).ToJsonString();
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, string json)
    {
        using var answer = await Http.PostJsonAsync(path, json);
        return ((int)answer.StatusCode, await BodyAsync(answer));
    }

    public async Task<(int Status, JsonElement Body)> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(path);
        return ((int)answer.StatusCode, await BodyAsync(answer));
    }

    public async Task<byte[]> DownloadAsync(string url)
    {
        using var bare = _sandbox.Client(_name);
        return await bare.GetByteArrayAsync(url);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _sandbox.DisposeAsync();
    }

    private static async Task<JsonElement> BodyAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return text.StartsWith('{') || text.StartsWith('[') ? JsonElement.Parse(text) : JsonSerializer.SerializeToElement(text);
    }

    /// <summary>Replaces the first prompt that stands under one of the usual names.</summary>
    private static JsonNode Swap(JsonNode body, string prompt)
    {
        var queue = new Queue<JsonObject>([body.AsObject()]);
        while (queue.TryDequeue(out var item))
        {
            foreach (var (name, value) in item)
            {
                if (name is "prompt" or "text" && value is JsonValue)
                {
                    item[name] = prompt;
                    return body;
                }

                foreach (var inner in value is JsonArray list ? list.OfType<JsonObject>() : value is JsonObject one ? [one] : [])
                {
                    queue.Enqueue(inner);
                }
            }
        }

        throw new ArgumentException("The sample has no prompt.");
    }
}

internal static class Shapes
{
    /// <summary>Asserts that an answer has the members of a sample, with the same kinds of values, at every depth.</summary>
    public static void AssertLike(JsonElement sample, JsonElement actual, string path = "$")
    {
        if (sample.ValueKind is JsonValueKind.Null
            || (sample.ValueKind is JsonValueKind.True or JsonValueKind.False && actual.ValueKind is JsonValueKind.True or JsonValueKind.False))
        {
            return;
        }

        Assert.True(sample.ValueKind == actual.ValueKind, $"{path} is {actual.ValueKind}, in the sample {sample.ValueKind}: {actual}");
        if (sample.ValueKind == JsonValueKind.Object)
        {
            Assert.True(sample.Keys().Order().SequenceEqual(actual.Keys().Order()),
                $"{path} has [{string.Join(' ', actual.Keys())}], in the sample [{string.Join(' ', sample.Keys())}]");
            foreach (var property in sample.EnumerateObject())
            {
                AssertLike(property.Value, actual.GetProperty(property.Name), $"{path}.{property.Name}");
            }
        }
        else if (sample.ValueKind == JsonValueKind.Array && sample.GetArrayLength() > 0)
        {
            Assert.True(actual.GetArrayLength() > 0, $"{path} is empty");
            AssertLike(sample[0], actual[0], path + "[0]");
        }
    }

    /// <summary>Follows names and indexes: <c>error.code</c>, <c>data.0.status</c>.</summary>
    public static JsonElement At(this JsonElement element, string path) =>
        path.Split('.').Aggregate(element, (e, name) => int.TryParse(name, out var index) && e.ValueKind == JsonValueKind.Array ? e[index] : e.GetProperty(name));
}
