using System.Diagnostics.CodeAnalysis;

namespace Framegate.Sandbox.Core;

/// <summary>The jobs of one provider, in the order of acceptance. Thread-safe and bounded.</summary>
/// <remarks>A job is forgotten some time after its end, or when newer ones need the room. It happens as jobs are added: no timers.</remarks>
internal sealed class JobStore<TJob>(TimeProvider time)
    where TJob : class, IStandInJob
{
    /// <summary>Jobs kept at most.</summary>
    public const int Capacity = 100_000;

    /// <summary>How long after its end a job can be asked for; longer than any result can be fetched (fal: 7 days).</summary>
    public static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(8);

    private const long CharacterBudget = 64_000_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<TJob>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<TJob> _inOrder = new();
    private long _characters;

    public void Add(TJob job)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            _byId.Add(job.Id, _inOrder.AddLast(job));
            _characters += job.Prompt.Length;
            while (_inOrder.First is { } oldest && oldest != _inOrder.Last && MustGo(oldest.Value, now))
            {
                Forget(oldest);
            }
        }
    }

    public bool TryGet(string id, [NotNullWhen(true)] out TJob? job)
    {
        lock (_lock)
        {
            job = _byId.TryGetValue(id, out var node) ? node.Value : null;
            return job is not null;
        }
    }

    public bool Remove(string id)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(id, out var node))
            {
                return false;
            }

            Forget(node);
            return true;
        }
    }

    /// <summary>Up to <paramref name="limit"/> jobs after the one given (or from the start), and whether more follow.</summary>
    /// <returns>Null when <paramref name="after"/> is unknown.</returns>
    public (IReadOnlyList<TJob> Jobs, bool HasMore)? Page(string? after, int limit, bool newestFirst)
    {
        lock (_lock)
        {
            LinkedListNode<TJob>? node;
            if (after is null)
            {
                node = newestFirst ? _inOrder.Last : _inOrder.First;
            }
            else if (_byId.TryGetValue(after, out var cursor))
            {
                node = newestFirst ? cursor.Previous : cursor.Next;
            }
            else
            {
                return null;
            }

            var jobs = new List<TJob>(Math.Min(limit, _inOrder.Count));
            for (; node is not null && jobs.Count < limit; node = newestFirst ? node.Previous : node.Next)
            {
                jobs.Add(node.Value);
            }

            return (jobs, node is not null);
        }
    }

    private bool MustGo(TJob job, DateTimeOffset now) =>
        _inOrder.Count > Capacity || _characters > CharacterBudget || job.Timeline.DoneAt + KeptAfterEnd < now;

    private void Forget(LinkedListNode<TJob> node)
    {
        _characters -= node.Value.Prompt.Length;
        _byId.Remove(node.Value.Id);
        _inOrder.Remove(node);
    }
}
