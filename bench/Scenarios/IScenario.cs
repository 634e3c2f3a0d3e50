using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>One thing that is measured.</summary>
internal interface IScenario
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>Measures and prints its tables.</summary>
    /// <param name="arguments">How long and how often.</param>
    /// <param name="number">The number given after the name; null for the scenario's default.</param>
    /// <param name="cancellationToken">Stops; everything started is ended.</param>
    Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken);
}
