namespace Framegate.Proxy.Cache.Entries;

/// <summary>How the cache took part in a generation.</summary>
internal enum CacheUse
{
    /// <summary>It was not asked, and does not keep the result.</summary>
    Bypass,

    /// <summary>It had nothing, and keeps the result.</summary>
    Miss,

    /// <summary>The caller did not want what it had; it keeps the new result.</summary>
    Refresh,

    /// <summary>It answered.</summary>
    Hit,

    /// <summary>The generation shares the job of an identical one.</summary>
    Shared,
}
