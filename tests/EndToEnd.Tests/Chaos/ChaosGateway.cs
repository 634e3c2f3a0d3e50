using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Chaos;

/// <summary>A gateway in front of a <see cref="ChaosProvider"/>, with short patience.</summary>
public sealed class ChaosGateway : IAsyncLifetime
{
    public const string FluxKey = "flux-key-9d1c";
    public const string SoraKey = "sora-key-5e7a";

    public ChaosProvider Provider { get; } = new();

    /// <summary>Another server on this machine, which URLs of the provider may lead to.</summary>
    public ScriptedServer Other { get; } = new(ChaosProvider.GoodDownload);

    public FramegateProcess Framegate { get; private set; } = null!;

    public GatewayClient Client => Framegate.Client;

    public async Task InitializeAsync() => Framegate = await FramegateProcess.StartAsync(new FramegateSettings
    {
        Routes = Routes(Provider.Server.Address, new Uri(Other.Address).Authority),
        Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = FluxKey, ["OPENAI_API_KEY"] = SoraKey },
    });

    public async Task DisposeAsync()
    {
        await Framegate.DisposeAsync();
        await Provider.DisposeAsync();
        await Other.DisposeAsync();
    }

    /// <summary>Every try and what may have been paid for it.</summary>
    public static string[] Attempts(JsonElement generation) =>
        [.. generation.At("metadata.attempts").EnumerateArray().Select(a => $"{a.Text("outcome")}/{a.Text("billed")}")];

    public static string Routes(string address, string other) => $$"""
        {
          "ReverseProxy": {
            "Clusters": {
              "flux": { "Destinations": { "only": { "Address": "{{address}}/" } }, "HttpRequest": { "ActivityTimeout": "00:00:04" } },
              "sora": { "Destinations": { "only": { "Address": "{{address}}/" } }, "HttpRequest": { "ActivityTimeout": "00:00:04" } },
              "closed": { "Metadata": { "Adapter": "flux" }, "Destinations": { "only": { "Address": "http://127.0.0.1:{{ClosedPort()}}/" } } },
              "nowhere": { "Metadata": { "Adapter": "flux" }, "Destinations": { "only": { "Address": "http://nowhere.invalid/" } } }
            }
          },
          "Framegate": {
            "Jobs": {
              "FindWindow": "00:00:02", "NotFoundGrace": "00:00:01", "LateResultWindow": "00:00:03",
              "RetryBaseDelay": "00:00:00.020", "RetryMaxDelay": "00:00:00.050"
            },
            "Security": { "PrivateAddresses": ["{{other}}"] },
            "Breaker": { "MinimumThroughput": 1000000 },
            "Media": { "IdleTimeout": "00:00:01", "MaxBytes": 100000 }
          }
        }
        """;

    private static int ClosedPort()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
