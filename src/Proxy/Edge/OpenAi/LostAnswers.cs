using System.Collections.Concurrent;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>Requests whose answer a client did not get, or will not be content with, a few seconds ago: what comes again now comes from its SDK.</summary>
internal sealed class LostAnswers(TimeProvider time)
{
    private const int Most = 1024;
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<(string Client, string Fingerprint), DateTimeOffset> _lost = new();

    /// <summary>Notes that an answer was lost.</summary>
    public void Add(string client, byte[] fingerprint)
    {
        var now = time.GetUtcNow();
        if (_lost.Count >= Most)
        {
            foreach (var (key, until) in _lost)
            {
                if (until < now)
                {
                    _lost.TryRemove(key, out _);
                }
            }
        }

        if (_lost.Count < Most)
        {
            _lost[(client, Convert.ToHexString(fingerprint))] = now + Remembered;
        }
    }

    /// <summary>Whether the answer to the same request was lost just now.</summary>
    public bool Has(string client, byte[] fingerprint) =>
        _lost.TryGetValue((client, Convert.ToHexString(fingerprint)), out var until) && time.GetUtcNow() <= until;
}
