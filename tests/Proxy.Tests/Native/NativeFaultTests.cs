using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host;
using Framegate.Proxy.Selection.Health;
using Framegate.Sandbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Framegate.Proxy.Tests.Native;

/// <summary>What fails here before a native call is sent is no failure of its provider, and no reason not to repeat it.</summary>
public sealed class NativeFaultTests : IAsyncLifetime, IDisposable
{
    private const string Key = "native-faults-key-41c7";
    private readonly TempFolder _folder = new();
    private SandboxServer _sandbox = null!;
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        Environment.SetEnvironmentVariable("NATIVE_FAULTS_ONE", Key);
        Environment.SetEnvironmentVariable("NATIVE_FAULTS_TWO", Key + "-other");
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { ImageTime = TimeSpan.Zero, VideoTime = TimeSpan.Zero }, default);
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "config", "routes.json")))!;
        config["Framegate"]!["Clients"] = JsonNode.Parse("""{"one":{"KeyEnv":"NATIVE_FAULTS_ONE"},"two":{"KeyEnv":"NATIVE_FAULTS_TWO"}}""");
        var file = Path.Combine(_folder.Path, "routes.json");
        await File.WriteAllTextAsync(file, config.ToJsonString());
        _app = FramegateHost.Build(
            new HostArguments(true, null, "http://127.0.0.1:0", file, _folder.Path) { Providers = Path.Combine(Repository.Root, "config", "providers") },
            new HostSettings(_sandbox.Providers, null) { AdminKey = new Secret("native-faults-admin-09ab") },
            new DataFolder(_folder.Path),
            services => services.AddSingleton<ITransformProvider>(new Faults()).AddSingleton<INativeJobs>(new AwayJobs()));
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Post_TheRequestCannotBeMade_MayBeRepeatedAndIsNotTheProvidersFault()
    {
        using var good = await PostAsync("/flux/v1/flux-pro-1.1", """{"prompt":"x"}""");
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        var cluster = _app.Services.GetRequiredService<Yarp.ReverseProxy.IProxyStateLookup>().TryGetCluster("flux", out var state) ? state : null;
        var score = _app.Services.GetRequiredService<HealthRegistry>().For("flux", cluster!.Destinations.Keys.Single()).Score;
        var before = score.Value;

        using var answer = await PostAsync("/flux/v1/flux-pro-1.1", """{"prompt":"y"}""", ("x-stainless-fault", "1"));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.False(answer.Headers.Contains("x-should-retry"));
        Assert.DoesNotContain("Faults", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before, score.Value);
    }

    [Theory]
    [InlineData("GET", "/runway/v1/tasks/17f20503-6c24-4c16-946b-35dbbce2af2f", null)]
    [InlineData("GET", "/sora/v1/videos", null)]
    [InlineData("POST", "/openai/v1/chat/completions", """{"model":"gpt-5","messages":[{"role":"user","content":[{"type":"file","file":{"file_id":"file-1"}}]}]}""")]
    [InlineData("POST", "/openai/v1/responses", """{"model":"gpt-5","input":"x","previous_response_id":"resp_1"}""")]
    public async Task Call_NobodyCanTellWhoseJobItIs_IsUnavailable(string method, string path, string? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-Runway-Version", "2024-11-06");

        using var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await _http.SendAsync(request);
    }

    /// <summary>A request that cannot be made, where a header asks for it.</summary>
    private sealed class Faults : ITransformProvider
    {
        public void ValidateRoute(TransformRouteValidationContext context)
        {
        }

        public void ValidateCluster(TransformClusterValidationContext context)
        {
        }

        public void Apply(TransformBuilderContext context) => context.AddRequestTransform(request =>
            request.HttpContext.Request.Headers.ContainsKey("x-stainless-fault") ? throw new InvalidOperationException("Faults") : default(ValueTask));
    }

    /// <summary>A store that cannot say whose a job is.</summary>
    private sealed class AwayJobs : INativeJobs
    {
        public bool CanAdd => true;

        public ValueTask AddAsync(string provider, string nativeId, string destination, string? client, DateTimeOffset now, CancellationToken cancellationToken) => default;

        public ValueTask<string?> FindAsync(string provider, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken) => new((string?)null);

        public ValueTask<IReadOnlySet<string>> OwnedAsync(string provider, IReadOnlyCollection<string> nativeIds, string client, CancellationToken cancellationToken) =>
            throw new StoreUnavailableException(StoreProblem.Busy, new IOException("The database is busy."));
    }
}
