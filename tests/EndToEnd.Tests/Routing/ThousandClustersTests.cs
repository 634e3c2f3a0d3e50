using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Routing;

/// <summary>A large configuration, changed while it is used.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class ThousandClustersTests
{
    private const int Count = 1000;

    [Fact]
    public async Task Reload_ThousandClusters_DropsNoRequest()
    {
        await using var provider = new ChaosProvider();
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Routes = Routes(provider.Server.Address, drained: 0),
            Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = "k" },
        });
        using var stop = new CancellationTokenSource();
        var statuses = new System.Collections.Concurrent.ConcurrentBag<string>();
        var load = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var answer = await framegate.Client.PostAsync(RoutingGateway.Body("many", Bodies.Unique("many")));
                statuses.Add($"{answer.Status} {answer.Json.Find("error.message")}");
            }
        })).ToList();
        await Eventually.GetAsync(() => Task.FromResult(statuses.Count), c => c > 20);

        await File.WriteAllTextAsync(framegate.ConfigPath, Routes(provider.Server.Address, drained: Count - 1));

        // All but the last candidate are drained: that is what the new file says.
        await Eventually.GetAsync(
            async () => (await framegate.Client.PostAsync(RoutingGateway.Body("many", Bodies.Unique("after")))).Json.Text("provider"), p => p == $"p{Count - 1}");
        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.All(statuses, s => Assert.Equal("200 ", s));
    }

    private static string Routes(string address, int drained)
    {
        var clusters = Enumerable.Range(0, Count).Select(i =>
            $$"""   "p{{i}}": { "Metadata": { "Adapter": "flux" }, "Destinations": { "only": { "Address": "{{address}}/" } } }""");
        var candidates = Enumerable.Range(0, Count).Select(i => $$"""{ "Provider": "p{{i}}", "Model": "flux-pro-1.1", "Weight": {{(i < drained ? 0 : 1)}} }""");
        return $$"""
            { "ReverseProxy": { "Clusters": { {{string.Join(",", clusters)}} } },
              "Framegate": { "Models": { "many": { "Strategy": "RoundRobin", "Candidates": [ {{string.Join(",", candidates)}} ] } } } }
            """;
    }
}
