namespace Framegate.Proxy.Cache.Entries;

/// <summary>Why an entry left memory.</summary>
internal enum Departure
{
    /// <summary>It was removed, or replaced by a newer one.</summary>
    Removed,

    /// <summary>There was no room for it.</summary>
    Evicted,

    /// <summary>Its time was over.</summary>
    Expired,
}
