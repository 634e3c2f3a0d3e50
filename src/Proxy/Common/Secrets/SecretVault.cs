using Framegate.Plugins;
using Framegate.Transforms.Secrets;

namespace Framegate.Proxy.Common.Secrets;

/// <summary>Every secret that this process knows, to be found again in what providers send and in what is logged.</summary>
internal sealed class SecretVault
{
    /// <summary>How many secrets that are made while the program runs are remembered, the newest: access tokens, mostly.</summary>
    public const int MostLearned = 64;

    private static readonly Uri s_anywhere = new("https://localhost/");
    private readonly Lock _lock = new();
    private readonly Queue<string> _order = new();
    private volatile HashSet<string> _learned = new(StringComparer.Ordinal);
    private volatile HashSet<string> _configured = new(StringComparer.Ordinal);
    private volatile SecretMask _mask = SecretMask.None;

    /// <summary>Finds them.</summary>
    public SecretMask Mask => _mask;

    /// <summary>Replaces the secrets of the configuration and the environment.</summary>
    public void Configure(IReadOnlyCollection<string> secrets)
    {
        lock (_lock)
        {
            _configured = new HashSet<string>(secrets, StringComparer.Ordinal);
            _mask = new SecretMask([.. _configured, .. _learned]);
        }
    }

    /// <summary>Remembers a key at the moment of its use, its secret half by itself, and what the adapter makes of it.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="key">The key.</param>
    /// <param name="at">The time of the call.</param>
    public void LearnKey(ProviderAdapter adapter, Secret key, DateTimeOffset at)
    {
        var text = key.Reveal();
        Learn(text);
        if (adapter.SignsCalls)
        {
            Learn(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..]);
            return;
        }

        if (adapter.KeyParameter is null)
        {
            foreach (var (_, value) in adapter.Sign(key, new OutgoingCall("GET", s_anywhere, default, at)))
            {
                Learn(value);
            }
        }
    }

    /// <summary>Remembers a secret at the moment of its use, wherever it came from.</summary>
    /// <param name="secret">The secret, or a header's value that holds it.</param>
    public void Learn(string secret)
    {
        // Nearly always one of the configuration, or a scheme and one of it.
        if (_learned.Contains(secret) || _configured.Contains(secret) || _configured.Contains(secret[(secret.LastIndexOf(' ') + 1)..]))
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
