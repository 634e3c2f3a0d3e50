using System.Text;
using Framegate.Bench.Harness;
using Framegate.Bench.Servers;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// What a native drop-in route costs beside bare YARP: the same POST to the same upstream, once through YARP, once through a route whose
/// answers are searched for links (Flux), once through a route whose answers only stream (Runway).
/// </summary>
internal sealed class Native : IScenario
{
    private const int DefaultConnections = 64;
    private const int WarmUpSeconds = 15;
    private const string Link = "/flux/~stub/";

    private static readonly Case[] s_cases =
    [
        new("request and answer of 0.4 KB", StubServer.SmallLinkPath, Bodies.NativeFlux),
        new("request of 100 KB, answer of 0.4 KB", StubServer.SmallLinkPath, Bodies.NativeFluxWithImage),
        new("request of 0.4 KB, answer of 100 KB", StubServer.LargeLinkPath, Bodies.NativeFlux),
    ];

    public string Name => "native";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var connections = number ?? DefaultConnections;
        await using var stage = new Stage();
        var stub = await stage.StubAsync(cancellationToken);
        var yarp = await stage.YarpAsync(stub, cancellationToken);
        var framegate = await stage.FramegateAsync(stub, ["flux", "runway"], cancellationToken);
        Target[] targets = [new("bare YARP", yarp, ""), new("Framegate, links rewritten", framegate, "/flux"), new("Framegate, no links", framegate, "/runway")];
        await CheckAsync(targets, cancellationToken);
        var scripts = s_cases.ToDictionary(c => c, c => targets.Select(t => stage.Scripts.Repeat(t.Prefix + c.Path, c.Body)).ToArray());

        // Each route for its full time with the small body, which runs the code most often, and a little with each of the others.
        foreach (var (index, target) in targets.Index())
        {
            foreach (var (position, what) in s_cases.Index())
            {
                var seconds = position == 0 ? WarmUpSeconds : arguments.Seconds;
                await Wrk.RunAsync(target.Server.Address, scripts[what][index], connections, seconds, cancellationToken);
            }
        }

        foreach (var what in s_cases)
        {
            var rounds = new List<Shot[]>();
            for (var round = 0; round < arguments.Rounds; round++)
            {
                var shots = new Shot[targets.Length];
                foreach (var index in Turns(round, targets.Length))
                {
                    var meter = new LoadMeter(stub, yarp, framegate);
                    var result = await Wrk.RunAsync(targets[index].Server.Address, scripts[what][index], connections, arguments.Seconds, cancellationToken);
                    var load = meter.Read();
                    shots[index] = new Shot(result, load.Cpu[targets[index].Server].TotalMicroseconds / result.Requests, load.Others);
                }

                rounds.Add(shots);
            }

            Print(what, targets, rounds, connections, arguments.Seconds);
        }
    }

    /// <summary>Who comes first changes from round to round, so that nobody always follows the same neighbour.</summary>
    private static IEnumerable<int> Turns(int round, int count) => Enumerable.Range(0, count).Select(i => (i + round) % count);

    /// <summary>Makes sure that the routes do what they are measured for.</summary>
    private static async Task CheckAsync(Target[] targets, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        foreach (var target in targets)
        {
            foreach (var what in s_cases)
            {
                using var body = new StringContent(what.Body, Encoding.UTF8, "application/json");
                using var response = await client.PostAsync(new Uri(target.Server.Address + target.Prefix + what.Path), body, cancellationToken);
                var answer = await response.Content.ReadAsStringAsync(cancellationToken);
                if (!response.IsSuccessStatusCode || answer.Contains(Link, StringComparison.Ordinal) != (target.Prefix == "/flux"))
                {
                    throw new BenchException($"{target.Name}, {what.Name}: unexpected answer {(int)response.StatusCode} {answer[..Math.Min(answer.Length, 300)]}");
                }
            }
        }
    }

    private static void Print(Case what, Target[] targets, List<Shot[]> rounds, int connections, int seconds)
    {
        var table = new Table("Target", "requests/s", "of bare YARP", "p50 ms", "p99 ms", "CPU us/request", "CPU us added to bare YARP");
        for (var t = 0; t < targets.Length; t++)
        {
            double Of(Func<Shot[], double> value) => rounds.Select(value).Median();
            table.Row(
                targets[t].Name, Of(r => r[t].Wrk.Rate), Of(r => r[t].Wrk.Rate / r[0].Wrk.Rate), Of(r => r[t].Wrk.P50), Of(r => r[t].Wrk.P99),
                Of(r => r[t].Cpu), Of(r => r[t].Cpu - r[0].Cpu));
        }

        table.Print($"{what.Name}, {connections} connections, medians of {rounds.Count} rounds of {seconds} s");
        var detail = new Table(["Round", .. targets.Select(t => t.Name + ", requests/s"), "used by others"]);
        foreach (var (index, shots) in rounds.Index())
        {
            detail.Row([index + 1, .. shots.Select(s => (object)s.Wrk.Rate), string.Join(", ", shots.Select(s => Numbers.Percent(s.Others)))]);
        }

        detail.Print("Rounds");
    }

    private sealed record Case(string Name, string Path, string Body);

    private sealed record Target(string Name, ServerProcess Server, string Prefix);

    private sealed record Shot(WrkResult Wrk, double Cpu, double Others);
}
