using DotNetEnv;

namespace Framegate.Proxy.Startup;

/// <summary>Reads <c>.env</c> of the working directory, or of a folder above it. Variables that are set already win.</summary>
internal static class EnvFile
{
    /// <summary>Reads it, where there is one.</summary>
    public static void Load() => Env.NoClobber().TraversePath().Load();
}
