using System.Text.RegularExpressions;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Clients;

/// <summary>A list of environment variables that hold secrets.</summary>
internal static partial class SecretVariables
{
    /// <summary>How many a list may name.</summary>
    public const int Most = 5;

    /// <summary>What is wrong with a list.</summary>
    /// <param name="path">Where it stands in the configuration.</param>
    /// <param name="variables">The list; null for none.</param>
    public static List<string> Check(string path, IReadOnlyList<string>? variables)
    {
        var failures = new List<string>();
        if (variables is { Count: 0 or > Most })
        {
            failures.Add($"{path}: Name 1 to {Most} environment variables.");
        }

        for (var i = 0; i < variables?.Count; i++)
        {
            if (EnvFile.Secret(variables[i]) is null)
            {
                // What is not spelt like a variable may be the secret itself; it must not get into a log.
                failures.Add($"{path}:{i}: {(Variable().IsMatch(variables[i]) ? $"The environment variable {variables[i]}" : "The environment variable that it names")} is not set.");
            }
        }

        return failures;
    }

    [GeneratedRegex("^[A-Z_][A-Z0-9_]*$")]
    private static partial Regex Variable();
}
