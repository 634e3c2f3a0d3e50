namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>Where an order stands in a queue of its table. The order goes as soon as it leaves the table, and its place when its time comes.</summary>
/// <typeparam name="T">What is begun for an order.</typeparam>
internal sealed class OrderPlace<T>
    where T : class
{
    /// <summary>The order; null when it is out of the table.</summary>
    public Order<T>? Order { get; set; }

    /// <summary>Since when the order is left by what stands last in the queue of those that are; null where nothing does.</summary>
    public DateTimeOffset? QueuedAt { get; set; }
}
