using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Names the environment variable that causes an error in the configuration: nobody finds <c>Framegate:Cache:Strategy</c> in a file that does not have it.</summary>
internal static class VariableOrigins
{
    private const string Delimiter = "__";

    private const string Prefix = "FRAMEGATE_";

    private static readonly string[] Own = [Prefix + "CLIENT_KEY", Prefix + "ADMIN_KEY", Prefix + "SCRAPE_KEY", Prefix + "WEBHOOK_SECRET", Prefix + "LINK_SECRET"];

    private static readonly string[] Roots = ["Framegate", ProxyParser.Section, "Logging"];

    /// <summary>Names the variables in the errors that they cause.</summary>
    /// <param name="errors">What was found.</param>
    /// <param name="variables">The names of all variables that are set.</param>
    /// <param name="file">What the file holds.</param>
    public static IEnumerable<ConfigurationError> Name(IEnumerable<ConfigurationError> errors, IEnumerable<string> variables, IDictionary<string, string?> file)
    {
        var byKey = variables.Where(v => v.Contains(Delimiter, StringComparison.Ordinal) || v.Contains(':', StringComparison.Ordinal)).Select(v => (Variable: v, Key: v.Replace(Delimiter, ":", StringComparison.Ordinal))).ToList();
        return errors.Select(e => byKey.Where(v => IsCause(v.Key, e.Path, file)).Select(v => v.Variable).ToList() is { Count: > 0 } causes
            ? e with { IsElsewhere = true, Reason = $"{e.Reason} It is set by the environment variable {string.Join(", ", causes.Order(StringComparer.Ordinal))}." }
            : e);
    }

    /// <summary>Variables that begin nearly like a section, and so set nothing.</summary>
    public static IEnumerable<ConfigurationError> Misspelt(IEnumerable<string> variables) =>
        from variable in variables
        let end = variable.IndexOf(Delimiter, StringComparison.Ordinal)
        where end > 0
        let root = variable[..end]
        where !Roots.Contains(root, StringComparer.OrdinalIgnoreCase)
        let meant = Roots.FirstOrDefault(r => root.Length >= r.Length - 2 && Spelling.IsNear(root, r))
        where meant is not null
        select new ConfigurationError(variable, $"The environment variable sets nothing; is {meant}{variable[end..]} meant?");

    /// <summary>Variables that look like Framegate's own, or like a setting, and that nothing reads: a mistyped admin key would leave the admin routes without one.</summary>
    /// <param name="variables">The names of all variables that are set.</param>
    /// <param name="values">What the configuration holds; it may name variables of its own.</param>
    /// <param name="sections">The sections below <c>Framegate</c>.</param>
    public static IEnumerable<ConfigurationError> Unread(IEnumerable<string> variables, IDictionary<string, string?> values, IEnumerable<string> sections)
    {
        var known = sections.ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var variable in variables.Where(v => v.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !v.Contains(Delimiter, StringComparison.Ordinal)))
        {
            if (IsOfServiceLink(variable) || Own.Contains(variable, StringComparer.Ordinal) || values.Values.Any(v => v?.Contains(variable, StringComparison.Ordinal) == true))
            {
                continue;
            }

            if (Own.FirstOrDefault(o => Spelling.IsNear(variable, o) && !variable.StartsWith(o + "_", StringComparison.Ordinal)) is { } meant)
            {
                yield return new ConfigurationError(variable, $"Nothing reads this environment variable; is {meant} meant?");
            }
            else if (variable.Split('_') is [_, var section, _, ..] && known.Contains(section))
            {
                yield return new ConfigurationError(variable, $"Nothing reads this environment variable; is {variable.Replace("_", Delimiter, StringComparison.Ordinal)} meant?");
            }
        }
    }

    /// <summary>Framegate's own secrets that lie in files which give nothing: without its admin key a gateway would start with another lock than its operator thinks.</summary>
    public static IEnumerable<ConfigurationError> Unreadable() =>
        from variable in Own
        where EnvFile.Secret(variable) is null
        let file = SecretFile.PathFor(variable)
        where file is not null
        select new ConfigurationError(variable, $"The file {file}, which holds it, is missing, unreadable, empty, or no regular file.") { IsElsewhere = true };

    /// <summary>Kubernetes names each service of the name space in the environment: one called framegate-redis sets FRAMEGATE_REDIS_PORT.</summary>
    private static bool IsOfServiceLink(string variable) => variable.EndsWith("_SERVICE_HOST", StringComparison.Ordinal) || variable.Contains("_SERVICE_PORT", StringComparison.Ordinal)
        || variable.EndsWith("_PORT", StringComparison.Ordinal) || variable.Contains("_PORT_", StringComparison.Ordinal);

    private static bool IsCause(string key, string path, IDictionary<string, string?> file) =>
        key.Equals(path, StringComparison.OrdinalIgnoreCase)
        || (key.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase)
            && !file.Keys.Any(k => k.Equals(path, StringComparison.OrdinalIgnoreCase) || k.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase)));
}
