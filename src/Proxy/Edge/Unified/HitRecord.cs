namespace Framegate.Proxy.Edge.Unified;

/// <summary>What an identical body has led to before.</summary>
/// <param name="key">The key of its entry.</param>
/// <param name="version">The version of the configuration under which it was checked.</param>
internal sealed class HitRecord(string key, int version)
{
    public string Key => key;

    public int Version => version;

    /// <summary>The answer, put together for one entry and one address; null until it is needed.</summary>
    public volatile HitTemplate? Template;
}
