namespace Framegate.Proxy.Common.Configuration;

/// <summary>Distinguishes a misspelt name from another name.</summary>
internal static class Spelling
{
    /// <summary>The shortest beginning of a name that stands for it.</summary>
    private const int Beginning = 3;

    /// <summary>Whether one is the other with up to two letters wrong, missing or swapped, or one begins the other. Case makes no difference.</summary>
    public static bool IsNear(string written, string name)
    {
        var (shorter, longer) = written.Length < name.Length ? (written, name) : (name, written);
        return (shorter.Length >= Beginning && longer.StartsWith(shorter, StringComparison.OrdinalIgnoreCase))
            || Distance(written.ToUpperInvariant(), name.ToUpperInvariant()) <= (name.Length > 4 ? 2 : 1);
    }

    /// <summary>Letters put in, left out, replaced, or swapped with the next.</summary>
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2)
        {
            return int.MaxValue;
        }

        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
