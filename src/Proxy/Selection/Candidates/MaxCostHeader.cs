using System.Globalization;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>The header that bounds what one request may cost.</summary>
internal static class MaxCostHeader
{
    /// <summary>The name of the header, which holds USD.</summary>
    public const string Name = "Framegate-Max-Cost";

    /// <summary>Reads it.</summary>
    /// <returns>False when it is there and is no amount.</returns>
    public static bool TryRead(string? text, out decimal? maxCost)
    {
        maxCost = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) || amount > 1_000_000)
        {
            return false;
        }

        maxCost = amount;
        return true;
    }
}
