namespace Framegate.Proxy.Common.Redis;

/// <summary>A place in the counts of this replica and of all.</summary>
internal interface ISharedPlace : IDisposable
{
    /// <summary>Leaves the counts of this replica alone: another replica holds the place now. Disposing gives it back for all; what is called second does nothing.</summary>
    void Abandon();
}
