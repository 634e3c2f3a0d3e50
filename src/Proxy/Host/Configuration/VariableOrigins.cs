using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Says of an error in the configuration that an environment variable is its cause: nobody finds <c>Framegate:Cache:Strategy</c> in a file that does not have it.</summary>
internal static class VariableOrigins
{
    private const string Delimiter = "__";

    private static readonly string[] Roots = ["Framegate", ProxyParser.Section, "Logging"];

    /// <summary>Names the variables in the errors that they cause.</summary>
    /// <param name="errors">What was found.</param>
    /// <param name="variables">The names of all variables that are set.</param>
    /// <param name="file">What the file says.</param>
    public static IEnumerable<ConfigurationError> Name(IEnumerable<ConfigurationError> errors, IEnumerable<string> variables, IDictionary<string, string?> file)
    {
        var byKey = variables.Where(v => v.Contains(Delimiter, StringComparison.Ordinal)).Select(v => (Variable: v, Key: v.Replace(Delimiter, ":", StringComparison.Ordinal))).ToList();
        return errors.Select(e => byKey.Where(v => IsCause(v.Key, e.Path, file)).Select(v => v.Variable).ToList() is { Count: > 0 } causes
            ? e with { Reason = $"{e.Reason} It is set by the environment variable {string.Join(", ", causes.Order(StringComparer.Ordinal))}." }
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

    private static bool IsCause(string key, string path, IDictionary<string, string?> file) =>
        key.Equals(path, StringComparison.OrdinalIgnoreCase)
        || (key.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase)
            && !file.Keys.Any(k => k.Equals(path, StringComparison.OrdinalIgnoreCase) || k.StartsWith(path + ":", StringComparison.OrdinalIgnoreCase)));
}
