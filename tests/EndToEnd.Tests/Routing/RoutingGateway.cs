using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Routing;

/// <summary>A gateway in front of several providers that speak Flux's protocol, with aliases for them.</summary>
public sealed class RoutingGateway : IAsyncLifetime
{
    private const string Model = "flux-pro-1.1";

    public ChaosProvider Alpha { get; } = new();

    public ChaosProvider Beta { get; } = new();

    public FramegateProcess Framegate { get; private set; } = null!;

    public GatewayClient Client => Framegate.Client;

    public async Task InitializeAsync() => Framegate = await StartAsync();

    public async Task DisposeAsync()
    {
        await Framegate.DisposeAsync();
        await Alpha.DisposeAsync();
        await Beta.DisposeAsync();
    }

    public void Behave()
    {
        Alpha.Behave();
        Beta.Behave();
    }

    /// <summary>
    /// Another gateway in front of the same providers. <paramref name="patience"/> is how many seconds they may be silent: few for tests in which one is, many
    /// elsewhere, since a busy machine is silent too.
    /// </summary>
    public Task<FramegateProcess> StartAsync(string breaker = """{ "MinimumThroughput": 1000000 }""", string limits = "{}", string? data = null, int patience = 30) =>
        FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = Routes(breaker, limits, TimeSpan.FromSeconds(patience)),
            Data = data,
            Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = "flux-key" },
        });

    /// <summary>A request that leaves the provider open.</summary>
    public static string Body(string alias, string prompt, params (string Name, System.Text.Json.Nodes.JsonNode? Value)[] more) =>
        Bodies.Of("auto", prompt, [("model", alias), .. more]);

    /// <summary>Every try: where, what came of it, what may have been paid.</summary>
    public static string[] Attempts(JsonElement generation) =>
        [.. generation.At("metadata.attempts").EnumerateArray().Select(a => $"{a.Text("provider")}.{a.Text("destination")} {a.Text("outcome")}/{a.Text("billed")}")];

    /// <summary>One destination in <c>GET /providers</c>.</summary>
    public static async Task<JsonElement> DestinationAsync(GatewayClient client, string provider, string destination)
    {
        var all = (await client.GetAsync("/providers")).Json.At("data").EnumerateArray();
        return all.Single(p => p.Text("name") == provider).At("destinations").EnumerateArray().Single(d => d.Text("id") == destination);
    }

    public static int ClosedPort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private string Routes(string breaker, string limits, TimeSpan patience) => $$"""
        {
          "ReverseProxy": {
            "Clusters": {
              "alpha": { "Metadata": { "Adapter": "flux" }, "HttpRequest": { "ActivityTimeout": "{{patience:c}}" },
                "Destinations": { "one": { "Address": "{{Alpha.Server.Address}}/" } } },
              "beta": { "Metadata": { "Adapter": "flux" }, "HttpRequest": { "ActivityTimeout": "{{patience:c}}" },
                "Destinations": { "one": { "Address": "{{Beta.Server.Address}}/" } } },
              "regions": { "Metadata": { "Adapter": "flux" }, "LoadBalancingPolicy": "Priority", "Destinations": {
                "eu": { "Address": "{{Alpha.Server.Address}}/", "Metadata": { "Priority": "1" } },
                "us": { "Address": "{{Beta.Server.Address}}/", "Metadata": { "Priority": "2" } } } },
              "resting": { "Metadata": { "Adapter": "flux" }, "Destinations": {
                "eu": { "Address": "{{Alpha.Server.Address}}/" },
                "old": { "Address": "{{Beta.Server.Address}}/", "Metadata": { "Weight": "0" } },
                "keyless": { "Address": "{{Beta.Server.Address}}/", "Metadata": { "KeyEnv": "NO_SUCH_KEY" } } } },
              "closed": { "Metadata": { "Adapter": "flux" }, "Destinations": { "one": { "Address": "http://127.0.0.1:{{ClosedPort()}}/" } } },
              "keyless": { "Metadata": { "Adapter": "flux" },
                "Destinations": { "one": { "Address": "{{Alpha.Server.Address}}/", "Metadata": { "KeyEnv": "NO_SUCH_KEY" } } } },
              "sora": { "Destinations": { "one": { "Address": "{{Alpha.Server.Address}}/" } } }
            }
          },
          "Framegate": {
            "Models": {
              "first": { "Strategy": "Priority", "Candidates": [
                { "Provider": "alpha", "Model": "{{Model}}", "Priority": 1 }, { "Provider": "beta", "Model": "{{Model}}", "Priority": 2 } ] },
              "even": { "Strategy": "RoundRobin", "Candidates": [ { "Provider": "alpha", "Model": "{{Model}}" }, { "Provider": "beta", "Model": "{{Model}}" } ] },
              "closed-first": { "Candidates": [ { "Provider": "closed", "Model": "{{Model}}" }, { "Provider": "beta", "Model": "{{Model}}", "Priority": 1 } ] },
              "picky": { "Strategy": "Weighted", "Candidates": [
                { "Provider": "keyless", "Model": "{{Model}}", "Weight": 9 }, { "Provider": "sora", "Model": "sora-2" },
                { "Provider": "alpha", "Model": "flux-2-max" }, { "Provider": "beta", "Model": "{{Model}}" } ] },
              "hopeless": { "Candidates": [ { "Provider": "keyless", "Model": "{{Model}}" }, { "Provider": "sora", "Model": "sora-2" } ] }
            },
            "Breaker": {{breaker}},
            "Limits": {{limits}},
            "Jobs": { "FindWindow": "00:00:02", "LateResultWindow": "00:00:03", "RetryBaseDelay": "00:00:00.020", "RetryMaxDelay": "00:00:00.050" },
            "Media": { "IdleTimeout": "00:00:01" }
          }
        }
        """;
}
