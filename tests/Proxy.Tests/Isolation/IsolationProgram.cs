using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge;
using Framegate.Proxy.Host;
using Framegate.Proxy.Tests.Engine;
using Framegate.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Framegate.Proxy.Tests.Isolation;

/// <summary>The whole program with two clients, an operator's key and stand-in providers, and what one of the clients, the shop, has there.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "DisposeAsync disposes of them.")]
public sealed partial class IsolationProgram : IAsyncLifetime
{
    /// <summary>In every prompt of the shop; nobody else may ever see it.</summary>
    public const string Secret = "secret-of-the-shop";

    private readonly TempFolder _folder = new();
    private SandboxServer _sandbox = null!;
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    internal ShopIds Ids { get; private set; } = null!;

    /// <summary>Every route of the running program, as <c>METHODS PATTERN</c>.</summary>
    internal IReadOnlyList<string> Routes => [.. _app.Services.GetServices<EndpointDataSource>().Concat(((IEndpointRouteBuilder)_app).DataSources)
        .SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().Select(NameOf).Distinct().Order(StringComparer.Ordinal)];

    public async Task InitializeAsync()
    {
        foreach (var (name, key) in new[] { ("SHOP", Caller.Shop.Key), ("BLOG", Caller.Blog.Key), ("DISABLED", Caller.Disabled.Key), ("EXPIRED", Caller.Expired.Key) })
        {
            Environment.SetEnvironmentVariable($"ISOLATION_{name}_KEY", key);
        }

        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { ImageTime = TimeSpan.Zero, VideoTime = TimeSpan.Zero }, default);
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "config", "routes.json")))!;
        config["Framegate"] ??= new JsonObject();
        config["Framegate"]!["Clients"] = JsonNode.Parse("""
            {
              "shop":{"KeyEnv":"ISOLATION_SHOP_KEY"},"blog":{"KeyEnv":"ISOLATION_BLOG_KEY"},
              "former":{"KeyEnv":"ISOLATION_DISABLED_KEY","Enabled":false},"guest":{"KeyEnv":"ISOLATION_EXPIRED_KEY","Expires":"2020-01-01T00:00:00Z"}
            }
            """);
        var file = Path.Combine(_folder.Path, "routes.json");
        await File.WriteAllTextAsync(file, config.ToJsonString());
        _app = FramegateHost.Build(
            new HostArguments(true, null, "http://127.0.0.1:0", file, _folder.Path) { Providers = Path.Combine(Repository.Root, "config", "providers") },
            new HostSettings(_sandbox.Providers, null) { AdminKey = new Secret(Caller.Admin.Key!), ScrapeKey = new Secret(Caller.Scraper.Key!) },
            new DataFolder(_folder.Path),
            services => services.AddSingleton(new WrongKeys(new JumpingTime(), NullLogger<WrongKeys>.Instance)));
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        Ids = await OrderAsync();
    }

    public async Task DisposeAsync()
    {
        _http?.Dispose();
        await _app.DisposeAsync();
        await _sandbox.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Calls.</summary>
    internal async Task<(int Status, string Text)> CallAsync(Caller caller, string method, string path, string? body = null, string? accept = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (caller.Key is { } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        if (path.StartsWith("/runway", StringComparison.Ordinal))
        {
            request.Headers.Add("X-Runway-Version", "2024-11-06");
        }

        if (accept is not null)
        {
            request.Headers.Accept.ParseAdd(accept);
        }

        if (path.StartsWith("/alibaba", StringComparison.Ordinal))
        {
            request.Headers.Add("X-DashScope-Async", "enable");
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.SendAsync(request);
        return ((int)answer.StatusCode, $"{answer.Headers}{await answer.Content.ReadAsStringAsync()}");
    }

    /// <summary>The bytes of an answer.</summary>
    internal async Task<byte[]> BytesAsync(Caller caller, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", caller.Key) } };
        using var answer = await _http.SendAsync(request);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Opens a stream of events.</summary>
    internal async Task<EventStream> StreamAsync(Caller caller, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", caller.Key);
        request.Headers.Accept.ParseAdd("text/event-stream");
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new EventStream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    /// <summary>Uploads an input.</summary>
    internal async Task<JsonElement> UploadAsync(Caller caller, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/media") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", caller.Key) }, Content = new ByteArrayContent(bytes) };
        using var answer = await _http.SendAsync(request);
        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        return json.RootElement.Clone();
    }

    internal async Task<JsonElement> ShopAsync(string method, string path, string? body = null)
    {
        var (status, text) = await CallAsync(Caller.Shop, method, path, body);
        Assert.True(status is >= 200 and < 300, $"{method} {path}: {status} {text}");
        using var json = JsonDocument.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..]);
        return json.RootElement.Clone();
    }

    internal static string Image(string prompt, string more = "") =>
        $$"""{"provider":"flux","model":"flux-pro-1.1","media_type":"image","prompt":"{{prompt}}"{{more}}}""";

    internal static string Edit(string media) =>
        $$$"""{"provider":"flux","model":"flux-kontext-pro","media_type":"image","prompt":"As a drawing","parameters":{"image":"media:{{{media}}}"}}""";

    private async Task<ShopIds> OrderAsync()
    {
        var image = await ShopAsync("POST", "/generations", Image(Secret));
        var called = await ShopAsync("POST", "/generations", Image(Secret + " 2", ""","request_id":"order-1","callback_url":"https://receiver.example/hook" """));
        var video = await ShopAsync("POST", "/generations", $$"""{"provider":"sora","model":"sora-2","media_type":"video","prompt":"{{Secret}}"}""");
        Assert.Equal("order-1", called.GetProperty("request_id").GetString());

        // Answered before it is done, since it calls back.
        while ((await ShopAsync("GET", "/generations/order-1")).GetProperty("status").GetString() == "processing")
        {
        }

        var gemini = (await ShopAsync("POST", "/veo/v1beta/models/veo-3.1-generate-preview:predictLongRunning", $$"""{"instances":[{"prompt":"{{Secret}}"}]}""")).GetProperty("name").GetString()!;
        JsonElement done;
        do
        {
            done = await ShopAsync("GET", "/veo/v1beta/" + gemini);
        }
        while (!done.TryGetProperty("response", out _));
        var file = FileName().Match(done.GetRawText()).Groups[1].Value;
        var declared = new Dictionary<DeclaredJob, string>();
        foreach (var job in DeclaredJob.All)
        {
            var (status, text) = await CallAsync(Caller.Shop, "POST", "/" + job.Provider + job.Submit, job.Body);
            var id = System.Text.RegularExpressions.Regex.Match(text, $"\"{job.Member}\": ?\"([^\"]+)\"").Groups[1].Value;
            Assert.True(id.Length > 0, $"{job.Provider}: {status} {text}");
            declared.Add(job, id);
        }

        return new ShopIds(
            image.GetProperty("request_id").GetString()!,
            image.GetProperty("result").GetProperty("media")[0].GetProperty("id").GetString()!,
            (await ShopAsync("GET", "/generations/order-1/deliveries")).GetProperty("data")[0].GetProperty("id").GetString()!,
            video.GetProperty("request_id").GetString()!,
            new Uri((await ShopAsync("POST", "/flux/v1/flux-pro-1.1", $$"""{"prompt":"{{Secret}}"}""")).GetProperty("polling_url").GetString()!).PathAndQuery,
            (await ShopAsync("POST", "/sora/v1/videos", $$"""{"prompt":"{{Secret}}","model":"sora-2"}""")).GetProperty("id").GetString()!,
            (await ShopAsync("POST", "/runway/v1/text_to_image", $$"""{"promptText":"{{Secret}}","model":"gen4_image","ratio":"1280:720"}""")).GetProperty("id").GetString()!,
            (await ShopAsync("POST", "/pika/fal-ai/pika/v2.2/text-to-video", $$"""{"prompt":"{{Secret}}"}""")).GetProperty("request_id").GetString()!,
            (await ShopAsync("POST", "/veo" + ShopIds.Vertex + ":predictLongRunning", $$"""{"instances":[{"prompt":"{{Secret}}"}]}""")).GetProperty("name").GetString()!,
            gemini,
            file)
        {
            Declared = declared,
        };
    }

    [System.Text.RegularExpressions.GeneratedRegex("files/([a-z0-9]+)")]
    private static partial System.Text.RegularExpressions.Regex FileName();

    private static string NameOf(RouteEndpoint endpoint)
    {
        var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];
        return $"{(methods.Count == 0 ? "ANY" : string.Join(',', methods))} /{endpoint.RoutePattern.RawText!.TrimStart('/')}";
    }
}

/// <summary>What the shop has; of Flux the address to poll.</summary>
internal sealed record ShopIds(
    string Generation, string Media, string Delivery, string Video, string Flux, string Sora, string Runway, string Pika, string Veo, string Gemini, string File)
{
    /// <summary>At providers that are data files.</summary>
    public IReadOnlyDictionary<DeclaredJob, string> Declared { get; init; } = new Dictionary<DeclaredJob, string>();

    public const string Vertex = "/v1/projects/p/locations/us-central1/publishers/google/models/veo-3.1-generate-001";

    /// <summary>The generation as a response.</summary>
    public string Response => "resp_" + Generation[(Generation.IndexOf('_', StringComparison.Ordinal) + 1)..];

    private IEnumerable<string> All => [Response, Generation, Media, Delivery, Video, Flux, Sora, Runway, Pika, Veo, Gemini, File, .. Declared.Values];

    /// <summary>Ids of the same form that nobody has.</summary>
    public ShopIds Unknown() => new(
        Other(Generation), Other(Media), Other(Delivery), Other(Video), Other(Flux), Other(Sora), Other(Runway), Other(Pika), Other(Veo), Other(Gemini), Other(File))
    {
        Declared = Declared.ToDictionary(d => d.Key, d => Other(d.Value)),
    };

    /// <summary>A text without any of the ids.</summary>
    public string Without(string text) => All.Aggregate(text, (t, id) => t.Replace(id, "ID", StringComparison.Ordinal));

    private static string Other(string id) => id[..^2] + (id[^2] == '0' ? '1' : '0') + id[^1];
}

/// <summary>Somebody who calls.</summary>
internal sealed record Caller(string Name, string? Key)
{
    public static readonly Caller Nobody = new("nobody", null);
    public static readonly Caller Stranger = new("a wrong key", "no-such-key-of-anybody");
    public static readonly Caller Disabled = new("a client that is disabled", "isolation-disabled-key-2d08");
    public static readonly Caller Expired = new("a client whose access has ended", "isolation-expired-key-6c4f");
    public static readonly Caller Scraper = new("the scraper", "isolation-scrape-key-a17e");
    public static readonly Caller Admin = new("the operator", "isolation-admin-key-3b51");
    public static readonly Caller Blog = new("the blog", "isolation-blog-key-77ac");
    public static readonly Caller Shop = new("the shop", "isolation-shop-key-90fe");
}
