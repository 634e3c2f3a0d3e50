namespace Framegate.Proxy.Selection.Limits;

/// <summary>
/// Who is next. The highest level goes first: the priority, and one more for every <see cref="AgeStep"/> of waiting, up to the highest. Within a level
/// clients take turns, and within a client the order of arrival counts. So everybody comes to the highest level, and from there on waits for nobody who has
/// come later, but for one turn of each other client. Not thread-safe.
/// </summary>
internal sealed class FairQueue
{
    /// <summary>The highest priority.</summary>
    public const int Highest = 9;

    /// <summary>How long somebody waits before the level rises by one.</summary>
    public static readonly TimeSpan AgeStep = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly int[] _byPriority = new int[Highest + 1];
    private long _numbers;
    private long _rounds;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>How many wait with this priority or a higher one.</summary>
    public int CountFrom(int priority) => _byPriority.AsSpan(priority).ToArray().Sum();

    /// <summary>Adds one, behind those of the same client and priority that arrived before it.</summary>
    public void Add(QueueTurn turn)
    {
        turn.Number = ++_numbers;
        if (!_lines.TryGetValue(turn.Client, out var line))
        {
            _lines.Add(turn.Client, line = new Line { Round = ++_rounds });
        }

        line.Add(turn);
        _byPriority[turn.Priority]++;
        Count++;
    }

    /// <summary>Takes one out, wherever it stands.</summary>
    /// <returns>False when it is not there.</returns>
    public bool Remove(QueueTurn turn)
    {
        if (!_lines.TryGetValue(turn.Client, out var line) || !line.Remove(turn))
        {
            return false;
        }

        _byPriority[turn.Priority]--;
        Count--;
        if (line.IsEmpty)
        {
            _lines.Remove(turn.Client);
        }

        return true;
    }

    /// <summary>Whoever is next, and stays in the queue.</summary>
    /// <param name="now">The time.</param>
    /// <param name="mayTake">Which clients may have a turn now; null for all.</param>
    /// <returns>Null when nobody waits.</returns>
    public QueueTurn? Next(DateTimeOffset now, Func<string, bool>? mayTake = null)
    {
        (QueueTurn Turn, Line Line, int Level)? next = null;
        foreach (var (client, line) in _lines)
        {
            if (mayTake?.Invoke(client) == false)
            {
                continue;
            }

            var first = line.First(now);
            var level = LevelOf(first, now);
            if (next is not var (_, best, highest) || level > highest || (level == highest && line.Round < best.Round))
            {
                next = (first, line, level);
            }
        }

        return next?.Turn;
    }

    /// <summary>Takes somebody out whose turn has come.</summary>
    /// <returns>False when it is not there any more.</returns>
    public bool Serve(QueueTurn turn)
    {
        if (_lines.TryGetValue(turn.Client, out var served))
        {
            served.Round = ++_rounds;
        }

        return Remove(turn);
    }

    /// <summary>Takes out whoever is next.</summary>
    /// <returns>Null when nobody waits.</returns>
    public QueueTurn? Take(DateTimeOffset now)
    {
        var next = Next(now);
        return next is not null && Serve(next) ? next : null;
    }

    /// <summary>Who waits now; it stays as it is when the queue changes.</summary>
    public QueueSnapshot Copy() => new([.. _lines.Values.Select(l => (l.Round, l.ToArray()))], _rounds);

    /// <summary>The level of somebody: 0 to <see cref="Highest"/>.</summary>
    public static int LevelOf(QueueTurn turn, DateTimeOffset now) =>
        (int)Math.Min(turn.Priority + (Math.Max((now - turn.Arrived).Ticks, 0) / AgeStep.Ticks), Highest);

    /// <summary>Who came first.</summary>
    public static int CompareArrival(QueueTurn a, QueueTurn b) => a.Arrived.CompareTo(b.Arrived) is not 0 and var order ? order : a.Number.CompareTo(b.Number);

    /// <summary>Those of one client.</summary>
    private sealed class Line
    {
        private static readonly Comparer<QueueTurn> s_arrival = Comparer<QueueTurn>.Create(CompareArrival);

        private readonly SortedSet<QueueTurn>?[] _byPriority = new SortedSet<QueueTurn>?[Highest + 1];

        /// <summary>When it has had its last turn; when it began, before its first.</summary>
        public long Round { get; set; }

        public bool IsEmpty => Array.TrueForAll(_byPriority, s => s is null or { Count: 0 });

        public void Add(QueueTurn turn) => (_byPriority[turn.Priority] ??= new(s_arrival)).Add(turn);

        public bool Remove(QueueTurn turn) => _byPriority[turn.Priority]?.Remove(turn) == true;

        /// <summary>Its next one. In each set the first has waited longest, so it is at the highest level of the set.</summary>
        public QueueTurn First(DateTimeOffset now) => _byPriority.Where(s => s is { Count: > 0 }).Select(s => s!.Min!)
            .MinBy(t => (-LevelOf(t, now), t.Arrived, t.Number))!;

        /// <summary>All of them, in any order. The queue stands still meanwhile, so it is quick.</summary>
        public QueueTurn[] ToArray()
        {
            var turns = new QueueTurn[_byPriority.Sum(s => s?.Count ?? 0)];
            var at = 0;
            foreach (var set in _byPriority)
            {
                set?.CopyTo(turns, at);
                at += set?.Count ?? 0;
            }

            return turns;
        }
    }
}
