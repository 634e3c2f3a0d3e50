using DotNetEnv;
using Framegate.Plugins;

namespace Framegate.Proxy.Common;

/// <summary>Reads <c>.env</c> of the working directory, or of a folder above it. Variables that are set already win.</summary>
internal static class EnvFile
{
    /// <summary>Reads it, where there is one.</summary>
    public static void Load() => Env.NoClobber().TraversePath().Load();

    /// <summary>A secret of the environment.</summary>
    /// <returns>Null when it is not set, or blank.</returns>
    public static Secret? Secret(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } value && !string.IsNullOrWhiteSpace(value) ? new Secret(value) : null;
}
