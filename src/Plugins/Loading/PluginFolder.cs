using System.Reflection;

namespace Framegate.Plugins.Loading;

/// <summary>Loads the adapters of a folder. A plugin is full-trust code: it can do whatever the program can, keys included.</summary>
public static class PluginFolder
{
    private static readonly string s_contract = typeof(ProviderAdapter).Assembly.GetName().Name!;

    /// <summary>Loads every public adapter with a public constructor without parameters from the <c>*.dll</c> files of a folder.</summary>
    /// <param name="folder">The folder; what lies further down is not looked at.</param>
    /// <returns>The adapters, in the order of their files' names. Files that do not use the contract are dependencies, and make none.</returns>
    /// <exception cref="PluginException">There is no such folder, or a plugin cannot be loaded or holds no adapter.</exception>
    public static IReadOnlyList<ProviderAdapter> Load(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new PluginException($"There is no folder of plugins at {folder}.");
        }

        return [.. Directory.EnumerateFiles(Path.GetFullPath(folder), "*.dll").Order(StringComparer.Ordinal).SelectMany(LoadFile)];
    }

    private static List<ProviderAdapter> LoadFile(string path)
    {
        try
        {
            if (!IsManaged(path, out var name) || name == s_contract)
            {
                return [];
            }

            var assembly = new PluginContext(path).LoadFromAssemblyPath(path);
            if (assembly.GetReferencedAssemblies().All(r => r.Name != s_contract))
            {
                return [];
            }

            var adapters = assembly.GetExportedTypes()
                .Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(ProviderAdapter)) && t.GetConstructor(Type.EmptyTypes) is not null)
                .Select(t => (ProviderAdapter)Activator.CreateInstance(t)!)
                .ToList();
            return adapters.Count > 0
                ? adapters
                : throw new PluginException($"{path} holds no public {nameof(ProviderAdapter)} with a constructor without parameters.");
        }
        catch (Exception e) when (e is IOException or BadImageFormatException or TypeLoadException or TargetInvocationException or ReflectionTypeLoadException or MissingMethodException)
        {
            throw new PluginException($"{path} cannot be loaded as a plugin: {(e.InnerException ?? e).Message}", e);
        }
    }

    private static bool IsManaged(string path, out string? name)
    {
        try
        {
            name = AssemblyName.GetAssemblyName(path).Name;
            return true;
        }
        catch (BadImageFormatException)
        {
            // A native library, which some plugin may bring along.
            name = null;
            return false;
        }
    }
}
