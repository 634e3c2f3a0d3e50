using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>Runs scenarios by name.</summary>
internal static class Runner
{
    private const string All = "all";

    private static readonly IScenario[] s_scenarios = [new Overhead(), new Native(), new LargeBodies(), new Uploads(), new Bulkheads(), new Lifecycle(), new OpenJobs(), new Crowd(), new Listing(), new Routing(), new Declared(), new Failover(), new Fleet(), new Cache(), new Soak()];

    /// <summary>Runs what is asked for; all when nothing is.</summary>
    /// <exception cref="BenchException">A name is unknown.</exception>
    public static async Task<int> RunAsync(BenchArguments arguments, CancellationToken cancellationToken)
    {
        var chosen = arguments.Scenarios.Count == 0 || arguments.Scenarios.Any(s => s.Name == All)
            ? [.. s_scenarios.Select(s => (Scenario: s, Number: (int?)null))]
            : arguments.Scenarios.Select(s => (Scenario: Find(s.Name), s.Number)).ToList();
        MachineDescription.Print(Path.GetTempPath());
        foreach (var (scenario, number) in chosen)
        {
            Console.WriteLine($"## {scenario.Name}\n");
            await scenario.RunAsync(arguments, number, cancellationToken);
        }

        return 0;
    }

    private static IScenario Find(string name) => s_scenarios.FirstOrDefault(s => s.Name == name)
        ?? throw new BenchException($"There is no scenario '{name}'. Scenarios: {string.Join(", ", s_scenarios.Select(s => s.Name))}, {All}.");
}
