using Framegate.Transforms.Secrets;

namespace Framegate.Proxy.Common.Secrets;

/// <summary>Every secret that this process knows, to be found again in what providers send and in what is logged.</summary>
internal sealed class SecretVault
{
    /// <summary>How many secrets that are made while the program runs are remembered, the newest: access tokens, mostly.</summary>
    public const int MostLearned = 64;

    private readonly Lock _lock = new();
    private readonly Queue<string> _order = new();
    private volatile HashSet<string> _learned = new(StringComparer.Ordinal);
    private IReadOnlyCollection<string> _configured = [];
    private volatile SecretMask _mask = SecretMask.None;

    /// <summary>Finds them.</summary>
    public SecretMask Mask => _mask;

    /// <summary>Replaces the secrets of the configuration and the environment.</summary>
    public void Configure(IReadOnlyCollection<string> secrets)
    {
        lock (_lock)
        {
            _configured = secrets;
            _mask = new SecretMask([.. _configured, .. _learned]);
        }
    }

    /// <summary>Remembers a secret at the moment of its use, wherever it came from.</summary>
    /// <param name="secret">The secret, or a header's value that holds it.</param>
    public void Learn(string secret)
    {
        if (_learned.Contains(secret))
        {
            return;
        }

        lock (_lock)
        {
            var learned = new HashSet<string>(_learned, StringComparer.Ordinal);
            if (learned.Add(secret))
            {
                _order.Enqueue(secret);
                if (_order.Count > MostLearned)
                {
                    learned.Remove(_order.Dequeue());
                }

                _learned = learned;
                _mask = new SecretMask([.. _configured, .. learned]);
            }
        }
    }
}
