using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Sandbox.Tests;

/// <summary>A sandbox on free ports whose clock stands still until a test moves it.</summary>
internal sealed class TestSandbox : IAsyncDisposable
{
    private TestSandbox(SandboxServer server, FakeTimeProvider time)
    {
        Server = server;
        Time = time;
        Flux = Client("flux");
        Flux.DefaultRequestHeaders.Add("x-key", "any-key");
        Sora = Client("sora");
        Sora.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "any-key");
        Gemini = Client("veo");
        Gemini.DefaultRequestHeaders.Add("x-goog-api-key", "any-key");
        Runway = Client("runway");
        Runway.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "any-key");
        Runway.DefaultRequestHeaders.Add("X-Runway-Version", "2024-11-06");
        Pika = Client("pika");
        Pika.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Key", "id:secret");
        Vertex = Client("veo");
        Vertex.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "any-token");
    }

    public SandboxServer Server { get; }

    public FakeTimeProvider Time { get; }

    public HttpClient Flux { get; }

    public HttpClient Sora { get; }

    public HttpClient Gemini { get; }

    public HttpClient Vertex { get; }

    public HttpClient Runway { get; }

    public HttpClient Pika { get; }

    public static async Task<TestSandbox> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 9, 1, 10, 15, 0, TimeSpan.Zero));
        var options = new SandboxOptions { Time = time, Random = new Random(7) };
        return new TestSandbox(await SandboxServer.StartAsync(change?.Invoke(options) ?? options, CancellationToken.None), time);
    }

    /// <summary>A client without any key.</summary>
    public HttpClient Client(string provider) => new() { BaseAddress = Server.Providers[provider] };

    public static string Fixture(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    public static JsonElement FixtureJson(string name) => JsonDocument.Parse(Fixture(name)).RootElement;

    public async ValueTask DisposeAsync()
    {
        Flux.Dispose();
        Sora.Dispose();
        Gemini.Dispose();
        Vertex.Dispose();
        Runway.Dispose();
        Pika.Dispose();
        await Server.DisposeAsync();
    }
}

internal static class HttpHelp
{
    public static Task<HttpResponseMessage> PostJsonAsync(this HttpClient client, string path, string json) =>
        client.PostAsync(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string path) => await (await client.GetAsync(path)).JsonAsync();

    public static string Text(this JsonElement element, params string[] path) =>
        path.Aggregate(element, (e, name) => e.GetProperty(name)).GetString()!;

    public static string[] Keys(this JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name)];
}
