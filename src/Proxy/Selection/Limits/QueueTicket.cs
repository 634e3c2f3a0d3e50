namespace Framegate.Proxy.Selection.Limits;

/// <summary>A place in the queue of a provider.</summary>
/// <param name="gate">The provider's limit.</param>
/// <param name="number">The waiter's number.</param>
internal sealed class QueueTicket(ProviderGate gate, long number)
{
    /// <summary>How many are served up to and with this one; at least 1.</summary>
    public int Position => (int)Math.Max(number - gate.Left, 1);
}
