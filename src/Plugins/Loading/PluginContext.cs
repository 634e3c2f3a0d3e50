using System.Reflection;
using System.Runtime.Loader;

namespace Framegate.Plugins.Loading;

/// <summary>Keeps a plugin's own dependencies apart from the host's and from other plugins'. The contract is shared: what the host has, it lends.</summary>
internal sealed class PluginContext(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
{
    private readonly AssemblyDependencyResolver _own = new(path);

    protected override Assembly? Load(AssemblyName assemblyName) =>
        Default.Assemblies.All(a => a.GetName().Name != assemblyName.Name) && _own.ResolveAssemblyToPath(assemblyName) is { } file
            ? LoadFromAssemblyPath(file)
            : null;

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _own.ResolveUnmanagedDllToPath(unmanagedDllName) is { } file ? LoadUnmanagedDllFromPath(file) : 0;
}
