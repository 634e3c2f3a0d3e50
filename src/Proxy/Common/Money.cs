namespace Framegate.Proxy.Common;

/// <summary>Amounts of money, USD, counted in millionths: what is added up is exact, here and in a database.</summary>
internal static class Money
{
    private const decimal Millionths = 1_000_000;

    /// <summary>An amount in millionths, rounded half up.</summary>
    public static long ToMillionths(decimal amount) => (long)Math.Round(amount * Millionths, MidpointRounding.AwayFromZero);

    /// <summary>An amount of millionths.</summary>
    public static decimal OfMillionths(long amount) => amount / Millionths;

    /// <summary>An amount as it is counted.</summary>
    public static decimal Rounded(decimal amount) => Math.Round(amount, 6, MidpointRounding.AwayFromZero);
}
