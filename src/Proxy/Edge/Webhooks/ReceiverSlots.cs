using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>
/// How many deliveries are on their way, and to whom. A receiver whose last try got no answer is tried by one delivery alone until it answers, so that
/// those that are dead cannot use up the slots of the others. Holds no more entries than there are slots and failing receivers; of the latter
/// <see cref="MostFailing"/>.
/// </summary>
internal sealed class ReceiverSlots
{
    /// <summary>How many failing receivers are remembered; another one gets the usual number of slots.</summary>
    public const int MostFailing = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _busy = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>What may begin now.</summary>
    public CallbackRoom Room(int all, int perReceiver)
    {
        lock (_lock)
        {
            var left = new Dictionary<string, int>(_busy.Count + _failing.Count, StringComparer.Ordinal);
            foreach (var (receiver, busy) in _busy)
            {
                left[receiver] = Math.Max((_failing.Contains(receiver) ? 1 : perReceiver) - busy, 0);
            }

            foreach (var receiver in _failing)
            {
                left.TryAdd(receiver, 1);
            }

            return new CallbackRoom(Math.Max(all - _all, 0), perReceiver, left);
        }
    }

    /// <summary>Takes a slot for what may be left out: only at a receiver that answers, and only where there is room.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryTake(string receiver, int all, int perReceiver)
    {
        lock (_lock)
        {
            if (_all >= all || _failing.Contains(receiver) || _busy.GetValueOrDefault(receiver) >= perReceiver)
            {
                return false;
            }
        }

        Take(receiver);
        return true;
    }

    /// <summary>One begins.</summary>
    public void Take(string receiver)
    {
        lock (_lock)
        {
            _all++;
            _busy[receiver] = _busy.GetValueOrDefault(receiver) + 1;
        }
    }

    /// <summary>One is over for its receiver.</summary>
    /// <param name="receiver">Who was called.</param>
    /// <param name="answered">Whether it answered, whatever it was; null when it was not called.</param>
    public void Answered(string receiver, bool? answered)
    {
        lock (_lock)
        {
            if (--_busy[receiver] is var left && left > 0)
            {
                _busy[receiver] = left;
            }
            else
            {
                _busy.Remove(receiver);
            }

            if (answered == true)
            {
                _failing.Remove(receiver);
            }
            else if (answered == false && _failing.Count < MostFailing)
            {
                _failing.Add(receiver);
            }
        }
    }

    /// <summary>One is over, and nothing of it is to be written down.</summary>
    /// <param name="receiver">Who was called.</param>
    /// <param name="answered">Whether it answered, whatever it was; null when it was not called.</param>
    public void Return(string receiver, bool? answered)
    {
        Answered(receiver, answered);
        Return();
    }

    /// <summary>What became of one is written down.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _all--;
        }
    }
}
