using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Changes that are in the <see cref="Journal"/> and not in SQLite yet, the newest of each generation.</summary>
internal sealed class PendingRows
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PendingRow> _rows = new(StringComparer.Ordinal);
    private long _arrivals;

    /// <summary>How many generations have changed.</summary>
    public int Count => _rows.Count;

    /// <summary>Takes a new generation in.</summary>
    public void Add(GenerationState state, StoredRequest insert)
    {
        lock (_lock)
        {
            _rows.Add(state.Id, new PendingRow(state, null, insert, [], 0, ++_arrivals));
        }
    }

    /// <summary>Takes a newer state in; the changes of one generation come one after the other.</summary>
    /// <returns>The row, to be confirmed or undone.</returns>
    public PendingRow Set(GenerationState state, byte[] json, IReadOnlyList<StoredMedia> media, bool callBack)
    {
        lock (_lock)
        {
            return _rows[state.Id] = _rows.TryGetValue(state.Id, out var row)
                ? row.With(state, json, media, callBack)
                : new PendingRow(state, json, null, media, callBack ? 1 : 0, 0);
        }
    }

    /// <summary>Takes a state out again that could not be written down: what has not happened must not get to the disk later, nor be told.</summary>
    public void Undo(PendingRow row)
    {
        lock (_lock)
        {
            // Where there is none any more, SQLite has it all the same; a newer change will replace it there.
            if (!_rows.TryGetValue(row.Id, out var now))
            {
                return;
            }

            if (now.Before is { } before)
            {
                _rows[row.Id] = before;
            }
            else
            {
                _rows.Remove(row.Id);
            }
        }
    }

    /// <summary>Takes a generation out again that could not be written down.</summary>
    public void Remove(string id)
    {
        lock (_lock)
        {
            _rows.Remove(id);
        }
    }

    /// <summary>One of them.</summary>
    /// <returns>Null when SQLite knows all there is.</returns>
    public PendingRow? Find(string id)
    {
        lock (_lock)
        {
            return _rows.GetValueOrDefault(id);
        }
    }

    /// <summary>Whether one of them is such.</summary>
    public bool Any(Func<PendingRow, bool> predicate)
    {
        lock (_lock)
        {
            return _rows.Values.Any(predicate);
        }
    }

    /// <summary>All of them, as they are now; new generations in the order they came.</summary>
    public PendingRow[] All()
    {
        PendingRow[] all;
        lock (_lock)
        {
            all = [.. _rows.Values];
        }

        Array.Sort(all, static (a, b) => a.Arrival.CompareTo(b.Arrival));
        return all;
    }

    /// <summary>Drops what has been written; what has changed since stays.</summary>
    public void Settle(PendingRow[] written)
    {
        lock (_lock)
        {
            foreach (var row in written)
            {
                var id = row.Id;
                if (_rows.TryGetValue(id, out var now) && ReferenceEquals(now, row))
                {
                    _rows.Remove(id);
                }
                else if (now is not null && now.Revision >= row.Revision)
                {
                    // Else it was undone while it was written: what is pending again stays whole, and the next change replaces what SQLite has.
                    _rows[id] = now.Without(row);
                }
            }
        }
    }
}
