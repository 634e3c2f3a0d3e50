using System.Diagnostics;
using System.Text;
using Framegate.Bench.Harness;
using Framegate.Proxy.Common;
using Framegate.Proxy.Host;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Strategies;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// What it costs to choose among 1 to 1,000 candidates: the pick alone (who is ready, then the strategy), and the whole plan of a request, in
/// which each candidate is checked and the request is mapped for it. In this process, one thread, nothing is sent.
/// </summary>
internal sealed class Routing : IScenario
{
    private static readonly int[] s_counts = [1, 10, 100, 1000];
    private static readonly TimeSpan s_measured = TimeSpan.FromMilliseconds(500);

    public string Name => "routing";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        Environment.SetEnvironmentVariable("BFL_API_KEY", "bench");
        var pick = new Table(["Strategy", .. s_counts.Select(c => $"{c} candidates, us")]);
        var rows = RoutingStrategies.All.ToDictionary(s => s, _ => new List<object?>());
        var plans = new List<object?>();
        foreach (var count in s_counts)
        {
            var folder = Directory.CreateTempSubdirectory("framegate-bench-");
            try
            {
                await using var app = Build(count, folder.FullName);
                var (aliases, picker, router) = (app.Services.GetRequiredService<AliasTable>(), app.Services.GetRequiredService<CandidatePicker>(),
                    app.Services.GetRequiredService<RequestRouter>());
                foreach (var strategy in RoutingStrategies.All)
                {
                    var alias = aliases.Find(strategy)!;
                    rows[strategy].Add(Median(arguments.Rounds, () => picker.Pick(alias, alias.Candidates, hold: false)));
                }

                var request = GenerationRequestReader.Read(Encoding.UTF8.GetBytes(Bodies.Flux
                    .Replace("\"flux\"", "\"auto\"", StringComparison.Ordinal).Replace("flux-dev", RoutingStrategies.Weighted, StringComparison.Ordinal))).Request!;
                plans.Add(Median(arguments.Rounds, () => router.PlanAsync(request, SpendingTerms.None, hold: false, new ReadInputs(), CancellationToken.None).AsTask().IsCompletedSuccessfully));
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }

        foreach (var strategy in RoutingStrategies.All)
        {
            pick.Row([strategy, .. rows[strategy]]);
        }

        pick.Row(["(the whole plan)", .. plans]);
        pick.Print($"One pick, medians of {arguments.Rounds} rounds of {s_measured.TotalSeconds} s");
    }

    private static double Median(int rounds, Action act)
    {
        var results = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            var (started, times) = (Stopwatch.GetTimestamp(), 0L);
            while (Stopwatch.GetElapsedTime(started) < s_measured)
            {
                act();
                times++;
            }

            if (round > 0)
            {
                results.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / times);
            }
        }

        return results.Median();
    }

    private static double Median<T>(int rounds, Func<T> act) => Median(rounds, () => { _ = act(); });

    private static WebApplication Build(int count, string folder)
    {
        var clusters = Enumerable.Range(0, count).Select(i =>
            $$"""   "p{{i}}": { "Metadata": { "Adapter": "flux" }, "Destinations": { "only": { "Address": "https://p{{i}}.example/" } } }""");
        var candidates = string.Join(",", Enumerable.Range(0, count).Select(i => $$"""{ "Provider": "p{{i}}", "Model": "flux-dev", "Weight": {{i + 1}}, "Priority": {{i}} }"""));
        var aliases = RoutingStrategies.All.Select(s => $$""" "{{s}}": { "Strategy": "{{s}}", "Candidates": [{{candidates}}] }""");
        var path = Path.Combine(folder, "routes.json");
        File.WriteAllText(
            path, $$"""{ "ReverseProxy": { "Clusters": { {{string.Join(",", clusters)}} } }, "Framegate": { "Models": { {{string.Join(",", aliases)}} } } }""");
        return FramegateHost.Build(new HostArguments(false, null, "http://127.0.0.1:0", path, folder), new HostSettings(null, null), new DataFolder(folder));
    }
}
