namespace Framegate.Sandbox;

/// <summary>Every native submit the sandbox accepted, in order: what would have been paid.</summary>
/// <remarks>Thread-safe. Bounded: the oldest entries go when there are more than <see cref="Capacity"/>, or when their prompts
/// together pass 64 million characters.</remarks>
public sealed class SandboxLedger
{
    /// <summary>Entries kept: 100,000.</summary>
    public const int Capacity = 100_000;

    private const long CharacterBudget = 64_000_000;

    private readonly Lock _lock = new();
    private readonly Queue<LedgerEntry> _entries = new();
    private long _characters;
    private long _total;

    /// <summary>Submits accepted since the start, dropped entries included.</summary>
    public long Total
    {
        get
        {
            lock (_lock)
            {
                return _total;
            }
        }
    }

    /// <summary>The entries kept now, oldest first, optionally only those of one provider or with exactly this prompt.</summary>
    public IReadOnlyList<LedgerEntry> Read(string? provider = null, string? prompt = null)
    {
        LedgerEntry[] all;
        lock (_lock)
        {
            all = [.. _entries];
        }

        return provider is null && prompt is null
            ? all
            : [.. all.Where(e => (provider is null || e.Provider == provider) && (prompt is null || e.Prompt == prompt))];
    }

    internal void Add(LedgerEntry entry)
    {
        lock (_lock)
        {
            _entries.Enqueue(entry);
            _characters += entry.Prompt.Length;
            _total++;
            while (_entries.Count > Capacity || (_characters > CharacterBudget && _entries.Count > 1))
            {
                _characters -= _entries.Dequeue().Prompt.Length;
            }
        }
    }
}
