using System.Globalization;

namespace Framegate.Bench.Harness;

/// <summary>What the command line asks for.</summary>
/// <param name="Scenarios">Names, each with the number that follows it (as in <c>soak 30</c>), or null.</param>
/// <param name="Rounds">Rounds of each comparison. Default 5, at least 3.</param>
/// <param name="Seconds">Length of one measurement in a round. Default 8 s.</param>
/// <param name="Variations">What <see cref="Servers.FramegateServer"/> is to do differently; for finding out where time goes.</param>
internal sealed record BenchArguments(
    IReadOnlyList<(string Name, int? Number)> Scenarios, int Rounds, int Seconds, IReadOnlyList<string> Variations)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="BenchException">A number is missing or out of range.</exception>
    public static BenchArguments Parse(IReadOnlyList<string> args)
    {
        var scenarios = new List<(string, int?)>();
        var variations = new List<string>();
        var (rounds, seconds) = (5, 8);
        for (var i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--rounds":
                    rounds = Number(args, ++i, 3);
                    break;
                case "--seconds":
                    seconds = Number(args, ++i, 1);
                    break;
                case "--variation" when i + 1 < args.Count:
                    variations.Add(args[++i]);
                    break;
                default:
                    int? number = i + 1 < args.Count && int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var n) ? n : null;
                    scenarios.Add((args[i], number));
                    i += number is null ? 0 : 1;
                    break;
            }
        }

        return new BenchArguments(scenarios, rounds, seconds, variations);
    }

    private static int Number(IReadOnlyList<string> args, int index, int least) =>
        index < args.Count && int.TryParse(args[index], CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new BenchException($"{args[index - 1]} needs a whole number of at least {least}.");
}
