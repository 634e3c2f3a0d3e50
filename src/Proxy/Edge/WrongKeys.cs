using System.Net;
using System.Net.Sockets;
using Framegate.Proxy.Common.Telemetry;

namespace Framegate.Proxy.Edge;

/// <summary>
/// Slows down whoever presents wrong keys, and writes it down. A right key is never held up, from whatever address it comes. Remembers
/// <see cref="MostAddresses"/> addresses and holds <see cref="MostWaiting"/> requests, <see cref="MostWaitingOfOne"/> of one address; more are turned away at once.
/// </summary>
internal sealed class WrongKeys(TimeProvider time, ILogger<WrongKeys> logger)
{
    public const int MostAddresses = 4096;
    public const int MostWaiting = 256;
    public const int MostWaitingOfOne = 16;

    /// <summary>Somebody may mistype, or have two programs with an old key.</summary>
    public const int Free = 3;

    private const int MostLines = 10;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LineEvery = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Sender> _senders = [];
    private int _waiting;
    private int _lines;
    private DateTimeOffset _linesSince;

    /// <summary>Holds a request with a wrong key up, the longer the more there were.</summary>
    /// <param name="address">Where it comes from; null when that is not known.</param>
    /// <param name="cancellationToken">The sender has gone.</param>
    /// <returns>False when too many wait already, so that this one was not held up.</returns>
    public async ValueTask<bool> HoldUpAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        using var place = Enter(address);
        if (place is null)
        {
            return false;
        }

        await place.HoldUpAsync(cancellationToken);
        return true;
    }

    /// <summary>Takes a place among those that wait, for a request whose key may be wrong.</summary>
    /// <param name="address">Where it comes from; null when that is not known.</param>
    /// <returns>Null when too many wait already; the key counts as wrong then.</returns>
    public Place? Enter(IPAddress? address)
    {
        var key = KeyOf(address ?? IPAddress.None);
        Sender sender;
        lock (_lock)
        {
            sender = SenderOf(key);
            if (_waiting < MostWaiting && sender.Waiting < MostWaitingOfOne)
            {
                _waiting++;
                sender.Waiting++;
                return new Place(this, key, sender);
            }
        }

        Count(key, sender);
        return null;
    }

    private Task HoldUpAsync(IPAddress address, Sender sender, CancellationToken cancellationToken) =>
        Count(address, sender) is { Ticks: > 0 } delay ? Task.Delay(delay, time, cancellationToken) : Task.CompletedTask;

    private void Leave(Sender sender)
    {
        lock (_lock)
        {
            _waiting--;
            sender.Waiting--;
        }
    }

    /// <summary>One customer has a /64 of IPv6 at least.</summary>
    private static IPAddress KeyOf(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private Sender SenderOf(IPAddress address)
    {
        var now = time.GetUtcNow();
        if (!_senders.TryGetValue(address, out var sender) || now - sender.Last > Forgotten)
        {
            MakeRoom(now);
            _senders[address] = sender = new Sender { Waiting = sender?.Waiting ?? 0 };
        }

        sender.Last = now;
        return sender;
    }

    private TimeSpan Count(IPAddress address, Sender sender)
    {
        var now = time.GetUtcNow();
        var line = 0;
        TimeSpan delay;
        lock (_lock)
        {
            sender.Count++;
            delay = DelayOf(sender.Count);
            if (now >= sender.NextLine && MayLog(now))
            {
                sender.NextLine = now + LineEvery;
                line = sender.Count;
            }
        }

        if (line > 0)
        {
            Log.WrongKeys(logger, address, line);
        }

        return delay;
    }

    private static TimeSpan DelayOf(int count)
    {
        var steps = Math.Min(count - Free - 1, 10);
        return steps < 0 ? TimeSpan.Zero : FirstDelay * (1 << steps) is var delay && delay < LongestDelay ? delay : LongestDelay;
    }

    /// <summary>So many lines a minute for all addresses together: a log is no place to fill a disk from outside.</summary>
    private bool MayLog(DateTimeOffset now)
    {
        if (now - _linesSince >= LineEvery)
        {
            (_linesSince, _lines) = (now, 0);
        }

        return ++_lines <= MostLines;
    }

    private void MakeRoom(DateTimeOffset now)
    {
        if (_senders.Count < MostAddresses)
        {
            return;
        }

        foreach (var old in _senders.Where(s => s.Value.Waiting == 0 && now - s.Value.Last > Forgotten).Select(s => s.Key).ToList())
        {
            _senders.Remove(old);
        }

        if (_senders.Count >= MostAddresses)
        {
            // The quarter that was seen least lately; those that wait hold their own.
            foreach (var old in _senders.OrderBy(s => s.Value.Last).Take(MostAddresses / 4).Select(s => s.Key).ToList())
            {
                _senders.Remove(old);
            }
        }
    }

    /// <summary>A place among those that wait.</summary>
    internal sealed class Place : IDisposable
    {
        private readonly WrongKeys _all;
        private readonly IPAddress _address;
        private readonly Sender _sender;

        internal Place(WrongKeys all, IPAddress address, Sender sender) => (_all, _address, _sender) = (all, address, sender);

        /// <summary>The key is wrong: waits, the longer the more there were.</summary>
        public Task HoldUpAsync(CancellationToken cancellationToken) => _all.HoldUpAsync(_address, _sender, cancellationToken);

        public void Dispose() => _all.Leave(_sender);
    }

    internal sealed class Sender
    {
        public int Count { get; set; }

        public int Waiting { get; set; }

        public DateTimeOffset Last { get; set; }

        public DateTimeOffset NextLine { get; set; }
    }
}
