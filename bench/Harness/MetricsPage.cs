using System.Globalization;

namespace Framegate.Bench.Harness;

/// <summary>One reading of <c>/metrics</c>.</summary>
internal sealed class MetricsPage(string text)
{
    /// <summary>Reads it.</summary>
    public static async Task<MetricsPage> ReadAsync(HttpClient client, ServerProcess server, CancellationToken cancellationToken) =>
        new(await client.GetStringAsync(new Uri(server.Address + "/metrics"), cancellationToken));

    /// <summary>The sum of a metric's samples that have this label; 0 when there is none.</summary>
    public double Sum(string name, string label = "") => Samples(name).Where(s => s.Labels.Contains(label, StringComparison.Ordinal)).Sum(s => s.Value);

    /// <summary>The cumulative buckets of a histogram, by upper bound, all label sets together.</summary>
    public IReadOnlyDictionary<double, double> Buckets(string name) => Samples(name + "_bucket")
        .GroupBy(s => Bound(s.Labels))
        .OrderBy(g => g.Key)
        .ToDictionary(g => g.Key, g => g.Sum(s => s.Value));

    private static double Bound(string labels)
    {
        const string le = "le=\"";
        var from = labels.IndexOf(le, StringComparison.Ordinal) + le.Length;
        var value = labels[from..labels.IndexOf('"', from)];
        return value == "+Inf" ? double.PositiveInfinity : double.Parse(value, CultureInfo.InvariantCulture);
    }

    private IEnumerable<(string Labels, double Value)> Samples(string name)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is '{' or ' ')
            {
                var end = line.LastIndexOf('}');
                var fields = line[(end < 0 ? name.Length : end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
                yield return (end < 0 ? "" : line[name.Length..end], double.Parse(fields[0], CultureInfo.InvariantCulture));
            }
        }
    }
}
