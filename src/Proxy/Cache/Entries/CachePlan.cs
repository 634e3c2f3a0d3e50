namespace Framegate.Proxy.Cache.Entries;

/// <summary>What a generation needs to leave its result in the cache. Stored with it, so that it still does after a restart.</summary>
/// <param name="Key">The key.</param>
/// <param name="Provider">The provider that was asked for: <c>auto</c> for an alias.</param>
/// <param name="Model">The model or alias that was asked for.</param>
/// <param name="Ttl">How long the entry answers.</param>
internal sealed record CachePlan(string Key, string Provider, string Model, TimeSpan Ttl);
