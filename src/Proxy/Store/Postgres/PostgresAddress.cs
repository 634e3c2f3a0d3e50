using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Reads <c>Framegate:Store:Postgres</c>: a connection string with <c>${VARIABLE}</c> in it, or a variable that holds all of it, as <c>postgres://</c> URL too.</summary>
internal static partial class PostgresAddress
{
    private const string Schema = "framegate";
    private const string SandboxSchema = "framegate_sandbox";

    private static readonly (string Name, string Value) SystemRoots = ("sslrootcert", "system");

    /// <summary>Parameters as libpq names them in a URL, by Npgsql's names.</summary>
    private static readonly FrozenDictionary<string, string> _libpq = new Dictionary<string, string>
    {
        ["host"] = "Host", ["port"] = "Port", ["dbname"] = "Database", ["user"] = "Username", ["password"] = "Password", ["passfile"] = "Passfile",
        ["connect_timeout"] = "Timeout", ["client_encoding"] = "Client Encoding", ["options"] = "Options", ["application_name"] = "Application Name",
        ["sslmode"] = "SSL Mode", ["sslrootcert"] = "Root Certificate", ["sslcert"] = "SSL Certificate", ["sslkey"] = "SSL Key", ["sslpassword"] = "SSL Password",
        ["sslnegotiation"] = "SSL Negotiation", ["channel_binding"] = "Channel Binding", ["gssencmode"] = "GSS Encryption Mode", ["target_session_attrs"] = "Target Session Attributes",
        ["keepalives_idle"] = "Tcp Keepalive Time", ["keepalives_interval"] = "Tcp Keepalive Interval",
    }.ToFrozenDictionary(StringComparer.Ordinal);

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
            address = Url().Match(expanded) is { Success: true } url ? OfUrl(url) : new NpgsqlConnectionStringBuilder(expanded);
        }
        catch (UnknownParameterException e)
        {
            reason = e.Message;
            return false;
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

        // After a failover the standby that was asked before is to be asked again soon.
        Set(nameof(address.HostRecheckSeconds), "Host Recheck Seconds", () => address.HostRecheckSeconds = 2);
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

    /// <summary>A URL as libpq reads it, and as platforms hand it out: several hosts, and parameters by libpq's names. Npgsql's own names do as well.</summary>
    private static NpgsqlConnectionStringBuilder OfUrl(Match url)
    {
        var address = new NpgsqlConnectionStringBuilder();
        var user = url.Groups["user"].Value.Split(':', 2);
        if (user[0].Length > 0)
        {
            address.Username = Uri.UnescapeDataString(user[0]);
        }

        if (user.Length > 1)
        {
            address.Password = Uri.UnescapeDataString(user[1]);
        }

        if (url.Groups["database"].Value is { Length: > 0 } database)
        {
            address.Database = Uri.UnescapeDataString(database);
        }

        var hosts = Uri.UnescapeDataString(url.Groups["hosts"].Value);
        if (hosts.Contains(',', StringComparison.Ordinal))
        {
            address.Host = hosts;
        }
        else if (HostAndPort().Match(hosts) is { Success: true } one && hosts.Length > 0)
        {
            address.Host = one.Groups["host"].Value;
            if (one.Groups["port"].Success)
            {
                address.Port = int.Parse(one.Groups["port"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }

        var query = url.Groups["query"].Value;
        var parameters = query.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Select(parts => (Name: Uri.UnescapeDataString(parts[0]), Value: Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? ""))).ToList();
        foreach (var (name, value) in parameters)
        {
            // What follows a question mark in a password that nobody has escaped is no name of a parameter, and must not be repeated.
            Set(address, name, value, mayBeNamed: !query.Contains('@', StringComparison.Ordinal) && ParameterName().IsMatch(name));
        }

        if (parameters.Contains(SystemRoots) && !parameters.Exists(p => p.Name == "sslmode"))
        {
            // As libpq has it: who names the system's certificates means that one of them must vouch.
            address.SslMode = SslMode.VerifyFull;
        }

        return address;
    }

    private static void Set(NpgsqlConnectionStringBuilder address, string name, string value, bool mayBeNamed)
    {
        if ((name, value) == SystemRoots)
        {
            // The system's own certificates are what is looked at without it.
            return;
        }

        var keyword = _libpq.GetValueOrDefault(name, name);
        try
        {
            address[keyword] = name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        catch (ArgumentException) when (!address.ContainsKey(keyword) && !_libpq.ContainsKey(name))
        {
            throw new UnknownParameterException(mayBeNamed ? $"The URL's parameter '{name}' is not known." : "A parameter of the URL is not known.");
        }
    }

    [GeneratedRegex(@"^postgres(?:ql)?://(?:(?<user>[^/?#]*)@)?(?<hosts>[^/?#]*)(?:/(?<database>[^?#]*))?(?:\?(?<query>[^#]*))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex Url();

    [GeneratedRegex("^[A-Za-z_ ]{1,40}$")]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"^(?<host>\[[^\]]*\]|/.*|[^:]*)(?::(?<port>\d{1,5}))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex HostAndPort();

    private sealed class UnknownParameterException(string message) : Exception(message);

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();
}
