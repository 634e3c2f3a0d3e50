using Framegate.Proxy.Media;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Http;

/// <summary>
/// Bytes of request bodies that are held at once, of all requests together. What has no room waits a little, in order; of those that wait there are
/// <see cref="MostWaiting"/> at most. One client has three quarters at most, so that its slow uploads leave some to the others.
/// </summary>
internal sealed class BodyBudget(IOptions<MediaOptions> options, TimeProvider time)
{
    /// <summary>How many may wait.</summary>
    public const int MostWaiting = 64;

    /// <summary>How long one waits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _clients = new(StringComparer.Ordinal);
    private readonly LinkedList<Waiter> _waiting = new();
    private long _held;

    /// <summary>Bytes that are held.</summary>
    public long Held => Volatile.Read(ref _held);

    /// <summary>Takes room for a body, and waits for it.</summary>
    /// <returns>Null when there is none.</returns>
    public async ValueTask<BodyLease?> EnterAsync(string client, long bytes, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter> node;
        lock (_lock)
        {
            if (!_waiting.Any(w => w.Client == client) && HasRoom(client, bytes))
            {
                Take(client, bytes);
                return new BodyLease(this, client, bytes);
            }

            if (_waiting.Count >= MostWaiting)
            {
                return null;
            }

            node = _waiting.AddLast(new Waiter(client, bytes));
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        await using var registration = either.Token.Register(() =>
        {
            lock (_lock)
            {
                if (node.List is null)
                {
                    return;
                }

                _waiting.Remove(node);
                LetIn();
            }

            node.Value.Entered.TrySetResult(false);
        });
        return await node.Value.Entered.Task ? new BodyLease(this, client, bytes) : null;
    }

    /// <summary>Takes more for a body that does not state its length.</summary>
    /// <returns>False when there is no room.</returns>
    internal bool TryGrow(string client, long bytes)
    {
        lock (_lock)
        {
            if (!HasRoom(client, bytes))
            {
                return false;
            }

            Take(client, bytes);
            return true;
        }
    }

    /// <summary>Gives it back.</summary>
    internal void Leave(string client, long bytes)
    {
        lock (_lock)
        {
            _held -= bytes;
            if ((_clients[client] -= bytes) == 0)
            {
                _clients.Remove(client);
            }

            LetIn();
        }
    }

    private void LetIn()
    {
        // One that must wait for its client's bytes, or for much room, does not hold those of other clients.
        HashSet<string>? held = null;
        for (var node = _waiting.First; node is not null;)
        {
            var (next, waiter) = (node.Next, node.Value);
            if (held?.Contains(waiter.Client) != true && HasRoom(waiter.Client, waiter.Bytes))
            {
                _waiting.Remove(node);
                Take(waiter.Client, waiter.Bytes);
                waiter.Entered.TrySetResult(true);
            }
            else
            {
                (held ??= new HashSet<string>(StringComparer.Ordinal)).Add(waiter.Client);
            }

            node = next;
        }
    }

    /// <summary>A body that is larger than all there is may come alone.</summary>
    private bool HasRoom(string client, long bytes)
    {
        var most = options.Value.MaxBytesInFlight;
        var own = _clients.GetValueOrDefault(client);
        return (_held == 0 || _held + bytes <= most) && (own == 0 || own + bytes <= most / 4 * 3);
    }

    private void Take(string client, long bytes)
    {
        _held += bytes;
        _clients[client] = _clients.GetValueOrDefault(client) + bytes;
    }

    private sealed record Waiter(string Client, long Bytes)
    {
        public TaskCompletionSource<bool> Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
