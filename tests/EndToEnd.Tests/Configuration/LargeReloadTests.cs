using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Configuration;

/// <summary>A thousand clusters change under load.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class LargeReloadTests
{
    private const int Clusters = 1000;
    private const int Reloads = 6;
    private const int Callers = 6;

    [Fact]
    public async Task Reload_OfAThousandClustersUnderLoad_DropsNoRequest()
    {
        await using var providers = await SandboxProcess.StartAsync();
        using var file = new WatchedFile();
        file.Overwrite(Text(providers.Address, 0));
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Config = file.Path,
            Variables = new Dictionary<string, string> { ["BFL_API_KEY"] = "any" },
        });

        using var stop = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(c => CallAsync(framegate, c, stop.Token)).ToList();
        try
        {
            for (var version = 1; version <= Reloads; version++)
            {
                var name = $"flux-{version}-0";
                file.Replace(Text(providers.Address, version));
                await Eventually.GetAsync(() => framegate.Client.GetAsync("/providers"), p => p.Text.Contains($"\"{name}\"", StringComparison.Ordinal));
            }
        }
        finally
        {
            await stop.CancelAsync();
        }

        var answers = (await Task.WhenAll(callers)).SelectMany(a => a).ToList();
        Assert.All(answers, a => Assert.True(a.Status == 200, a.ToString()));
        Assert.True(answers.Count >= Callers * 3, $"Only {answers.Count} requests were made.");
        await Eventually.GetAsync(() => framegate.Client.GetAsync("/admin/config"), c => c.Json.Text("status") == "current");
    }

    /// <summary>Generations and native calls in turn, one after the other.</summary>
    private static async Task<List<HttpAnswer>> CallAsync(FramegateProcess framegate, int caller, CancellationToken stop)
    {
        var answers = new List<HttpAnswer>();
        while (!stop.IsCancellationRequested)
        {
            answers.Add((caller + answers.Count) % 2 == 0
                ? await framegate.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")))
                : await framegate.Client.PostToAsync("/flux/v1/flux-pro-1.1", new JsonObject { ["prompt"] = Bodies.Unique("A red fox") }.ToJsonString()));
        }

        return answers;
    }

    /// <summary>One cluster that stays, and others that are all new in each version.</summary>
    private static string Text(string providers, int version)
    {
        var destination = $"\"Destinations\":{{\"only\":{{\"Address\":\"{providers}/flux/\"}}}}";
        var others = Enumerable.Range(0, Clusters).Select(i => $"\"flux-{version}-{i}\":{{\"Metadata\":{{\"Adapter\":\"flux\"}},{destination}}}");
        return "{\"ReverseProxy\":{\"Routes\":{\"flux\":{\"ClusterId\":\"flux\",\"Match\":{\"Path\":\"/flux/{**rest}\"},\"Transforms\":[{\"PathRemovePrefix\":\"/flux\"}]}},"
            + $"\"Clusters\":{{\"flux\":{{{destination}}},{string.Join(',', others)}}}}}}}";
    }
}
