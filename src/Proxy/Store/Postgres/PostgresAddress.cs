using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Reads <c>Framegate:Store:Postgres</c>: a connection string with <c>${VARIABLE}</c> in it, or a variable that holds all of it, as <c>postgres://</c> URL too.</summary>
internal static partial class PostgresAddress
{
    private const string Schema = "framegate";
    private const string SandboxSchema = "framegate_sandbox";

    /// <summary>Reads it.</summary>
    /// <param name="text">The setting.</param>
    /// <param name="sandbox">True for the tables of stand-ins, which are apart from the real ones.</param>
    /// <param name="address">The address, with what Framegate sets unless the text does.</param>
    /// <param name="reason">What is wrong; without values, which may be secret.</param>
    public static bool TryRead(string text, bool sandbox, [NotNullWhen(true)] out NpgsqlConnectionStringBuilder? address, [NotNullWhen(false)] out string? reason)
    {
        address = null;
        var missing = Variable().Matches(text).Select(m => m.Groups[1].Value).Where(v => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v))).Distinct().ToList();
        if (missing.Count > 0)
        {
            reason = $"The environment variable {missing[0]} is not set.";
            return false;
        }

        var expanded = Variable().Replace(text, m => Environment.GetEnvironmentVariable(m.Groups[1].Value)!.Trim());
        try
        {
            address = expanded.StartsWith("postgres://", StringComparison.Ordinal) || expanded.StartsWith("postgresql://", StringComparison.Ordinal)
                ? OfUrl(expanded)
                : new NpgsqlConnectionStringBuilder(expanded);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            reason = "It must be a connection string like Host=db;Database=framegate;Username=framegate;Password=${DB_PASSWORD}, or a postgres:// URL.";
            return false;
        }

        if (string.IsNullOrEmpty(address.Host))
        {
            reason = "It must name a Host.";
            return false;
        }

        Complete(address, sandbox);
        reason = null;
        return true;
    }

    private static void Complete(NpgsqlConnectionStringBuilder address, bool sandbox)
    {
        address.SearchPath = sandbox ? SandboxSchema : string.IsNullOrEmpty(address.SearchPath) ? Schema : address.SearchPath;
        address.ApplicationName ??= "framegate";
        address.PersistSecurityInfo = false;
        address.IncludeErrorDetail = false;

        // A database that is away must be known to be within seconds; a statement of Framegate takes milliseconds.
        Set(nameof(address.Timeout), "Timeout", () => address.Timeout = 5);
        Set(nameof(address.CommandTimeout), "Command Timeout", () => address.CommandTimeout = 10);
        Set(nameof(address.KeepAlive), "Keepalive", () => address.KeepAlive = 10);
        Set(nameof(address.MaxPoolSize), "Maximum Pool Size", () => address.MaxPoolSize = 20);
        Set(nameof(address.MaxAutoPrepare), "Max Auto Prepare", () => address.MaxAutoPrepare = 60);
        Set(nameof(address.AutoPrepareMinUsages), "Auto Prepare Min Usages", () => address.AutoPrepareMinUsages = 2);

        void Set(string name, string keyword, Action set)
        {
            if (!address.ShouldSerialize(name) && !address.ShouldSerialize(keyword))
            {
                set();
            }
        }
    }

    private static NpgsqlConnectionStringBuilder OfUrl(string text)
    {
        var url = new Uri(text);
        var user = url.UserInfo.Split(':', 2);
        var address = new NpgsqlConnectionStringBuilder
        {
            Host = url.Host,
            Port = url.IsDefaultPort || url.Port < 0 ? 5432 : url.Port,
            Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')),
            Username = Uri.UnescapeDataString(user[0]),
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        };
        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            address[parts[0] == "sslmode" ? "SSL Mode" : Uri.UnescapeDataString(parts[0])] = Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? "").Replace("-", "", StringComparison.Ordinal);
        }

        return address;
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();
}
