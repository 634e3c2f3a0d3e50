namespace Framegate.Proxy.Common.Configuration;

/// <summary>The paths of all sections that something reads.</summary>
internal sealed class SectionNames(IEnumerable<ISectionRule> sections)
{
    private readonly string[] _names = [.. sections.Select(s => s.Section)];

    /// <summary>Whether a path is that of a section, or leads to one.</summary>
    public bool LeadsToOne(string path) => _names.Any(n => n.Equals(path, StringComparison.OrdinalIgnoreCase)
        || n.StartsWith(path + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase));

    /// <summary>The keys under a path that lead to sections.</summary>
    public IEnumerable<string> Under(string path) => _names
        .Where(n => n.StartsWith(path + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase))
        .Select(n => n[(path.Length + 1)..].Split(ConfigurationPath.KeyDelimiter)[0])
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Order(StringComparer.Ordinal);
}
