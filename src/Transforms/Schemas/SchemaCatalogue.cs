using System.Reflection;

namespace Framegate.Transforms.Schemas;

/// <summary>The JSON Schemas (draft 2020-12) of every version of the contract. A new version is a new folder of files beside this one.</summary>
public static class SchemaCatalogue
{
    private const string Root = "schemas/";
    private static readonly Assembly _assembly = typeof(SchemaCatalogue).Assembly;

    /// <summary>The versions that have schemas, oldest first.</summary>
    public static IReadOnlyList<string> Versions { get; } =
    [
        .. _assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Root, StringComparison.Ordinal))
            .Select(name => name.Split('/')[1])
            .Distinct()
            .OrderBy(Version.Parse),
    ];

    /// <summary>Opens one schema.</summary>
    /// <param name="version">One of <see cref="Versions"/>.</param>
    /// <param name="name">The file, <c>request.json</c> or <c>response.json</c>.</param>
    /// <returns>UTF-8 JSON, for the caller to dispose of; null when there is no such schema.</returns>
    public static Stream? Open(string version, string name) => _assembly.GetManifestResourceStream($"{Root}{version}/{name}");
}
