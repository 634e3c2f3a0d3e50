namespace Framegate.Proxy.Selection.Limits;

/// <summary>Who waited in a <see cref="FairQueue"/> at one moment. It is put in order apart from the queue, which goes on meanwhile.</summary>
/// <param name="lines">Those of each client, in any order, and when that client has had its last turn.</param>
/// <param name="rounds">The number of the last turn that any client has had.</param>
internal sealed class QueueSnapshot((long Round, QueueTurn[] Turns)[] lines, long rounds)
{
    /// <summary>Everybody in the order in which they would be taken if all were taken at this time.</summary>
    public IEnumerable<QueueTurn> Order(DateTimeOffset now)
    {
        // Time stands still, so that levels do not change: the first of each client is known, and the best of these is next.
        var firsts = new PriorityQueue<(QueueTurn[] Turns, int Index), (int Level, long Round)>(lines.Length);
        foreach (var (round, turns) in lines)
        {
            var sorted = (QueueTurn[])turns.Clone();
            Array.Sort(sorted, (a, b) => FairQueue.LevelOf(b, now) - FairQueue.LevelOf(a, now) is not 0 and var order ? order : FairQueue.CompareArrival(a, b));
            firsts.Enqueue((sorted, 0), (-FairQueue.LevelOf(sorted[0], now), round));
        }

        for (var last = rounds; firsts.TryDequeue(out var line, out _);)
        {
            yield return line.Turns[line.Index];
            last++;
            if (line.Index + 1 < line.Turns.Length)
            {
                firsts.Enqueue((line.Turns, line.Index + 1), (-FairQueue.LevelOf(line.Turns[line.Index + 1], now), last));
            }
        }
    }
}
