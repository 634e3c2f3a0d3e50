using System.Globalization;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>What one request may cost.</summary>
internal static class Budget
{
    /// <summary>The header that says so, USD.</summary>
    public const string Header = "Framegate-Max-Cost";

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
