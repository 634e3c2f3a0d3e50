namespace Framegate.Proxy.Cache.Entries;

/// <summary>Who may be answered with whose results.</summary>
internal enum CacheScope
{
    /// <summary>Each client only with its own.</summary>
    Client,

    /// <summary>Every client with everyone's.</summary>
    Shared,
}
