using System.Globalization;

namespace Framegate.Bench.Harness;

/// <summary>Small arithmetic of measurements.</summary>
internal static class Numbers
{
    /// <summary>The median; NaN of nothing.</summary>
    public static double Median(this IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>As in <c>12 %</c>.</summary>
    public static string Percent(double share) => (share * 100).ToString(share < 0.1 ? "F1" : "F0", CultureInfo.InvariantCulture) + " %";

    /// <summary>Mebibytes.</summary>
    public static double MiB(long bytes) => bytes / 1048576d;
}
