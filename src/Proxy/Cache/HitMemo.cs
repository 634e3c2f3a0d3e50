using Framegate.Proxy.Generations;

namespace Framegate.Proxy.Cache;

/// <summary>What an identical body has led to before.</summary>
/// <param name="key">The key of its entry.</param>
/// <param name="version">The version of the configuration under which it was checked.</param>
/// <param name="sample">An answer to it.</param>
internal sealed class HitMemo(string key, int version, GenerationState sample)
{
    public string Key => key;

    public int Version => version;

    /// <summary>The schema's version that the body is written in.</summary>
    public string SchemaVersion { get; } = sample.SchemaVersion;

    /// <summary>The answer, put together for one entry and one address; null until it is needed.</summary>
    public volatile HitTemplate? Template;
}
