using System.Globalization;

namespace Framegate.Plugins.Kit;

/// <summary>Ranges of numbers as the allowed values of a refusal, so that a program need not read its sentence.</summary>
public static class Ranges
{
    private const int MostListed = 32;

    /// <summary>Whole numbers.</summary>
    /// <param name="min">The least.</param>
    /// <param name="max">The most.</param>
    /// <param name="step">Only multiples of this.</param>
    /// <returns>All of them where they are few; else one text <c>MIN..MAX</c>, with <c>/STEP</c> behind it for multiples.</returns>
    public static IReadOnlyList<string> Of(long min, long max, int step = 1) => (max - min) / step < MostListed
        ? [.. Enumerable.Range(0, (int)((max - min) / step) + 1).Select(i => (min + ((long)i * step)).ToString(CultureInfo.InvariantCulture))]
        : [string.Create(CultureInfo.InvariantCulture, $"{min}..{max}{(step == 1 ? "" : $"/{step}")}")];

    /// <summary>Any numbers.</summary>
    /// <param name="min">The least.</param>
    /// <param name="max">The most.</param>
    /// <returns>One text, <c>MIN..MAX</c>.</returns>
    public static IReadOnlyList<string> Of(double min, double max) => [string.Create(CultureInfo.InvariantCulture, $"{min}..{max}")];
}
