using Framegate.Plugins;

namespace Framegate.Proxy.Common;

/// <summary>What is decided once, at start.</summary>
/// <param name="Sandbox">Where stand-in providers answer, by the name of the adapter; null when the real ones do.</param>
/// <param name="ClientKey">The key of the client <c>default</c>; null for none. The configuration may name others.</param>
internal sealed record HostSettings(IReadOnlyDictionary<string, Uri>? Sandbox, Secret? ClientKey)
{
    /// <summary>What opens <c>/admin</c>; null for none.</summary>
    public Secret? AdminKey { get; init; }

    /// <summary>What links are signed with; null for a key of the data folder.</summary>
    public Secret? LinkSecret { get; init; }

    /// <summary>What opens <c>/metrics</c> alone; null for none.</summary>
    public Secret? ScrapeKey { get; init; }
}
