using System.Threading.RateLimiting;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>Somebody's turn at a provider, which has not come yet.</summary>
/// <param name="client">Whose it is; clients take turns.</param>
/// <param name="priority">0 to 9; higher goes first.</param>
/// <param name="arrived">When the request arrived; a restart does not change it.</param>
/// <param name="id">The generation; null for something that has no id.</param>
internal sealed class QueueTurn(string client, int priority, DateTimeOffset arrived, string? id = null)
{
    /// <inheritdoc cref="QueueTurn(string, int, DateTimeOffset, string)"/>
    public string? Id { get; } = id;

    /// <inheritdoc cref="QueueTurn(string, int, DateTimeOffset, string)"/>
    public string Client { get; } = client;

    /// <inheritdoc cref="QueueTurn(string, int, DateTimeOffset, string)"/>
    public int Priority { get; } = priority;

    /// <inheritdoc cref="QueueTurn(string, int, DateTimeOffset, string)"/>
    public DateTimeOffset Arrived { get; } = arrived;

    /// <summary>Distinguishes what arrived at the same time; the queue sets it.</summary>
    public long Number { get; set; }

    /// <summary>Where it waits; null before it does.</summary>
    public ProviderLimiter? Limiter { get; set; }

    /// <summary>What it has brought; null before it has come.</summary>
    public RateLimitLease? Granted { get; set; }

    /// <summary>Ends when the turn has come.</summary>
    public TaskCompletionSource<RateLimitLease> Come { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
