namespace Framegate.Proxy.Common.Configuration;

/// <summary>
/// Values of a configuration that know what is below each path. The framework's own providers go through all their keys for each section whose children
/// are asked for, so that reading a configuration takes the square of its size.
/// </summary>
internal class IndexedConfiguration : ConfigurationProvider, IConfigurationSource
{
    private volatile Index? _index;

    /// <summary>Starts with these.</summary>
    public IndexedConfiguration(IDictionary<string, string?> values) => Data = values;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    public override IEnumerable<string> GetChildKeys(IEnumerable<string> earlierKeys, string? parentPath)
    {
        var data = Data;
        var index = _index;
        if (index is null || !ReferenceEquals(index.Data, data))
        {
            _index = index = new Index(data);
        }

        List<string> keys = [.. index.Below(parentPath), .. earlierKeys];
        keys.Sort(ConfigurationKeyComparer.Instance.Compare);
        return keys;
    }

    public override void Set(string key, string? value)
    {
        base.Set(key, value);
        _index = null;
    }

    private sealed class Index
    {
        private readonly Dictionary<string, List<string>> _children = new(StringComparer.OrdinalIgnoreCase);
        private readonly List<string> _roots = [];

        public Index(IDictionary<string, string?> data)
        {
            Data = data;
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var key in data.Keys)
            {
                Add(key, seen);
            }
        }

        public IDictionary<string, string?> Data { get; }

        public List<string> Below(string? path) => path is null ? _roots : _children.GetValueOrDefault(path) ?? [];

        private void Add(string key, HashSet<string> seen)
        {
            // From the end: what is known already has all of its parents.
            for (var path = key; seen.Add(path);)
            {
                var colon = path.LastIndexOf(ConfigurationPath.KeyDelimiter, StringComparison.Ordinal);
                if (colon < 0)
                {
                    _roots.Add(path);
                    return;
                }

                var parent = path[..colon];
                if (!_children.TryGetValue(parent, out var children))
                {
                    _children[parent] = children = [];
                }

                children.Add(path[(colon + 1)..]);
                path = parent;
            }
        }
    }
}
