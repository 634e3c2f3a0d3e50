using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Tests.Native;

/// <summary>A gateway with native routes, before one provider that answers as a test wants. Each provider has the accounts <c>a</c> and <c>b</c>, taken in turn, or <c>a</c> alone.</summary>
internal sealed class NativeApp : IAsyncDisposable
{
    private const string Key = "native-app-key-2f7c";
    private readonly TempFolder _folder = new();
    private readonly List<string> _calls = [];
    private WebApplication _provider = null!;
    private WebApplication _app = null!;

    private NativeApp(RequestDelegate answer) => Answer = answer;

    /// <summary>Answers a call.</summary>
    public RequestDelegate Answer { get; set; }

    /// <summary>Calls the gateway.</summary>
    public HttpClient Http { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    /// <summary>What has arrived: the account, the method and the target.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    public static async Task<NativeApp> StartAsync(
        RequestDelegate answer, string[] providers, bool several = false, bool clients = false, Action<JsonNode>? configure = null, Action<IServiceCollection>? services = null)
    {
        Environment.SetEnvironmentVariable("NATIVE_APP_KEY", Key);
        Environment.SetEnvironmentVariable("NATIVE_APP_KEY_TWO", Key + "-two");
        Environment.SetEnvironmentVariable("NATIVE_APP_PROVIDER", "provider-key-a:b");
        var native = new NativeApp(answer);
        var builder = WebApplication.CreateSlimBuilder();
        native._provider = builder.Build();
        native._provider.Urls.Add("http://127.0.0.1:0");
        native._provider.Run(native.ServeAsync);
        await native._provider.StartAsync();
        var address = AddressOf(native._provider);
        var config = new JsonObject
        {
            ["Framegate"] = clients ? JsonNode.Parse("""{"Clients":{"one":{"KeyEnv":"NATIVE_APP_KEY"},"two":{"KeyEnv":"NATIVE_APP_KEY_TWO"}}}""") : new JsonObject(),
            ["ReverseProxy"] = new JsonObject
            {
                ["Routes"] = new JsonObject(providers.Select(p => KeyValuePair.Create(p, JsonNode.Parse(
                    $$"""{"ClusterId":"{{p}}","Match":{"Path":"/{{p}}/{**rest}"},"Transforms":[{"PathRemovePrefix":"/{{p}}"}]}""")))),
                ["Clusters"] = new JsonObject(providers.Select(p => KeyValuePair.Create(p, (JsonNode?)new JsonObject
                {
                    ["LoadBalancingPolicy"] = "RoundRobin",
                    ["Destinations"] = new JsonObject((several ? ["a", "b"] : (string[])["a"]).Select(d => KeyValuePair.Create(d, JsonNode.Parse(
                        $$"""{"Address":"{{address}}/{{d}}{{(p == "veo" ? "/v1/projects/p/locations/l/publishers/google/models" : "")}}/","Metadata":{"KeyEnv":"NATIVE_APP_PROVIDER"} }""")))),
                }))),
            },
        };
        configure?.Invoke(config);
        var file = Path.Combine(native._folder.Path, "routes.json");
        await File.WriteAllTextAsync(file, config.ToJsonString());
        native._app = FramegateHost.Build(
            new HostArguments(false, null, "http://127.0.0.1:0", file, native._folder.Path) { Providers = Path.Combine(Repository.Root, "config", "providers") },
            new HostSettings(null, null) { AdminKey = new Secret("native-app-admin-77b1") },
            new DataFolder(native._folder.Path),
            services ?? (_ => { }));
        await native._app.StartAsync();
        native.Http = new HttpClient { BaseAddress = new Uri(AddressOf(native._app)) };
        native.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        return native;
    }

    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        return await Http.SendAsync(request);
    }

    /// <summary>An account gets no submits of Framegate's from now on.</summary>
    public void TakeOut(string provider, string destination)
    {
        Assert.True(Services.GetRequiredService<IProxyStateLookup>().TryGetCluster(provider, out var cluster));
        cluster.Destinations[destination].Health.Passive = DestinationHealth.Unhealthy;
        Services.GetRequiredService<IClusterDestinationsUpdater>().UpdateAvailableDestinations(cluster);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
        _folder.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        lock (_calls)
        {
            _calls.Add($"{context.Request.Path.Value![1]} {context.Request.Method} {context.Request.Path.Value[2..]}{context.Request.QueryString}");
        }

        await Answer(context);
    }

    private static string AddressOf(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
