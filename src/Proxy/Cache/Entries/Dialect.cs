namespace Framegate.Proxy.Cache.Entries;

/// <summary>The dialects whose requests the cache may answer.</summary>
internal enum Dialect
{
    /// <summary><c>/generations</c>.</summary>
    Unified,

    /// <summary><c>/v1</c>.</summary>
    OpenAi,
}
