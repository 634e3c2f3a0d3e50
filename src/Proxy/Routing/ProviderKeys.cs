using System.Collections.Concurrent;
using Framegate.Plugins;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Routing;

/// <summary>Finds the key of a destination in the environment. Values are never kept outside <see cref="Secret"/>.</summary>
internal sealed class ProviderKeys(bool sandbox)
{
    /// <summary>The metadata of a destination that names its own environment variable.</summary>
    public const string KeyEnv = "KeyEnv";

    private static readonly Secret SandboxKey = new("sandbox");
    private readonly ConcurrentDictionary<string, Secret?> _keys = new(StringComparer.Ordinal);

    /// <summary>The environment variable that holds the key of a destination.</summary>
    /// <returns>The destination's own <c>KeyEnv</c>, else the first of the adapter's variables that is set; null when none is.</returns>
    public string? VariableFor(ProviderAdapter adapter, DestinationConfig destination)
    {
        if (destination.Metadata?.GetValueOrDefault(KeyEnv) is { Length: > 0 } own)
        {
            return Find(own) is null ? null : own;
        }

        foreach (var variable in adapter.KeyVariables)
        {
            if (Find(variable) is not null)
            {
                return variable;
            }
        }

        return null;
    }

    /// <summary>The key that a variable holds.</summary>
    /// <returns>The key; null when the variable is not set.</returns>
    public Secret? Find(string variable) => sandbox ? SandboxKey : _keys.GetOrAdd(variable, static name =>
        Environment.GetEnvironmentVariable(name) is { } value && !string.IsNullOrWhiteSpace(value) ? new Secret(value) : null);
}
