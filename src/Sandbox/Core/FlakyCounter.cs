using System.Security.Cryptography;
using System.Text;

namespace Framegate.Sandbox.Core;

/// <summary>How often each <c>sandbox:flaky</c> prompt has failed already. Thread-safe; knows the last 10,000 prompts.</summary>
internal sealed class FlakyCounter
{
    private const int Capacity = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>True when this submit must fail: it is among the first <paramref name="times"/> of its prompt at this provider.</summary>
    public bool ShouldFail(string provider, string prompt, int times)
    {
        if (times <= 0)
        {
            return false;
        }

        // The hash, because a prompt can be long and 10,000 of them are kept.
        var key = provider + " " + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(prompt)));
        lock (_lock)
        {
            if (!_failures.TryGetValue(key, out var failed))
            {
                _order.Enqueue(key);
                if (_order.Count > Capacity)
                {
                    _failures.Remove(_order.Dequeue());
                }
            }

            _failures[key] = failed < times ? failed + 1 : failed;
            return failed < times;
        }
    }
}
