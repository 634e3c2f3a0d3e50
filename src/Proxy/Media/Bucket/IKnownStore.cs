namespace Framegate.Proxy.Media.Bucket;

/// <summary>The store that knows the files of a bucket.</summary>
internal interface IKnownStore
{
    /// <summary>Its id: no other store has the same, a copy and the other replicas do. It can be read once the store is open.</summary>
    string StoreId { get; }
}
