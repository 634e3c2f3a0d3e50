using System.Net;
using System.Net.Sockets;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Native;

/// <summary>A gateway with native routes, in front of scripted providers. Flux has two accounts, <c>a</c> and <c>b</c>, taken in turn.</summary>
public sealed class NativeGateway : IAsyncLifetime
{
    public const string FluxKeyA = "our-flux-key-a";
    public const string FluxKeyB = "our-flux-key-b";
    public const string SoraKey = "our-sora-key";
    public const string FalKey = "our-fal:key";
    public const string GeminiKey = "our-gemini-key";

    private static readonly string[] s_names = ["flux", "one", "sora", "twins", "pika", "veo-gemini", "runway", "closed"];

    /// <summary>Everything but Flux's account <c>b</c>.</summary>
    public ScriptedServer Provider { get; } = new(Fine);

    public ScriptedServer FluxB { get; } = new(Fine);

    public FramegateProcess Framegate { get; private set; } = null!;

    public GatewayClient Client => Framegate.Client;

    public async Task InitializeAsync() => Framegate = await FramegateProcess.StartAsync(new FramegateSettings
    {
        Routes = Routes(Provider.Address, FluxB.Address),
        Variables = new Dictionary<string, string>
        {
            ["BFL_API_KEY"] = FluxKeyA,
            ["BFL_API_KEY_B"] = FluxKeyB,
            ["OPENAI_API_KEY"] = SoraKey,
            ["FAL_KEY"] = FalKey,
            ["GEMINI_API_KEY"] = GeminiKey,
            ["RUNWAYML_API_SECRET"] = "",
        },
    });

    public async Task DisposeAsync()
    {
        await Framegate.DisposeAsync();
        await Provider.DisposeAsync();
        await FluxB.DisposeAsync();
    }

    /// <summary>From now on every provider answers 200, and nothing has happened.</summary>
    public void Behave()
    {
        (Provider.React, FluxB.React) = (Fine, Fine);
        Provider.Forget();
        FluxB.Forget();
    }

    private static Reaction Fine(ScriptedRequest request) => Reaction.Answer(200, "{}");

    private static string Routes(string provider, string fluxB) => $$"""
        {
          "Framegate": { "Native": { {{string.Join(", ", s_names.Select(n => $$"""  "{{n}}": { "Allow": ["GET,POST,PUT,PATCH,DELETE /**"] }"""))}} } },
          "ReverseProxy": {
            "Routes": {
              {{string.Join(",\n", s_names.Select(Route))}}
            },
            "Clusters": {
              "flux": {
                "LoadBalancingPolicy": "RoundRobin",
                "Destinations": {
                  "a": { "Address": "{{provider}}/" },
                  "b": { "Address": "{{fluxB}}/", "Metadata": { "KeyEnv": "BFL_API_KEY_B" } }
                }
              },
              "one": { "Metadata": { "Adapter": "flux" }, "Destinations": { "only": { "Address": "{{provider}}/" } } },
              "twins": {
                "LoadBalancingPolicy": "RoundRobin",
                "Metadata": { "Adapter": "sora" },
                "Destinations": {
                  "a": { "Address": "{{provider}}/" },
                  "b": { "Address": "{{fluxB}}/", "Metadata": { "KeyEnv": "BFL_API_KEY_B" } }
                }
              },
              "sora": { "Destinations": { "only": { "Address": "{{provider}}/" } } },
              "pika": { "Destinations": { "only": { "Address": "{{provider}}/" } } },
              "veo-gemini": { "Destinations": { "only": { "Address": "{{provider}}/" } } },
              "runway": { "Destinations": { "only": { "Address": "{{provider}}/" } } },
              "closed": { "Metadata": { "Adapter": "flux" }, "Destinations": { "only": { "Address": "http://127.0.0.1:{{ClosedPort()}}/" } } }
            }
          }
        }
        """;

    private static string Route(string name) =>
        $$"""    "{{name}}": { "ClusterId": "{{name}}", "Match": { "Path": "/{{name}}/{**rest}" }, "Transforms": [{ "PathRemovePrefix": "/{{name}}" }] }""";

    private static int ClosedPort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
