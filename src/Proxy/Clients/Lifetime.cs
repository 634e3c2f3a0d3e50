using System.Globalization;

namespace Framegate.Proxy.Clients;

/// <summary>A time as people write it: a whole number and a unit, as in <c>90d</c>, <c>12h</c>, <c>30m</c>, <c>10s</c>.</summary>
internal static class Lifetime
{
    private const int MostDays = 36_500;

    /// <summary>Reads one.</summary>
    /// <returns>False when it is none, or longer than a hundred years.</returns>
    public static bool TryParse(string text, out TimeSpan lifetime)
    {
        lifetime = default;
        if (text.Length < 2 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        var unit = text[^1] switch
        {
            'd' => TimeSpan.FromDays(1),
            'h' => TimeSpan.FromHours(1),
            'm' => TimeSpan.FromMinutes(1),
            's' => TimeSpan.FromSeconds(1),
            _ => TimeSpan.Zero,
        };
        if (unit == TimeSpan.Zero || number > TimeSpan.FromDays(MostDays) / unit)
        {
            return false;
        }

        lifetime = unit * number;
        return true;
    }
}
