namespace Framegate.Proxy.Store.Moving;

/// <summary>What a move has brought, and what it has not.</summary>
internal sealed class MoveCounts
{
    private readonly SortedDictionary<string, (long Moved, long Known)> _kinds = new(StringComparer.Ordinal);

    /// <summary>What could not be moved, a line each.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Each kind, with how many were moved now and how many were there already.</summary>
    public IEnumerable<(string Kind, long Moved, long Known)> Kinds => _kinds.Select(k => (k.Key, k.Value.Moved, k.Value.Known));

    /// <summary>Counts.</summary>
    /// <param name="kind">What.</param>
    /// <param name="all">How many there are.</param>
    /// <param name="moved">How many of them were not there yet.</param>
    public void Add(string kind, long all, long moved)
    {
        var (before, known) = _kinds.GetValueOrDefault(kind);
        _kinds[kind] = (before + moved, known + all - moved);
    }
}
