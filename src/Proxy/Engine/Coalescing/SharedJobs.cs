using System.Collections.Concurrent;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Coalescing;

/// <summary>The jobs that identical requests may join, by cache key.</summary>
internal sealed class SharedJobs
{
    private readonly ConcurrentDictionary<string, SharedJob> _byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SharedJob> _byLeader = new(StringComparer.Ordinal);

    /// <summary>The job that a request with this key can join: one that is under way, or has a result for everybody. Who comes after a failure is not answered with it again.</summary>
    public SharedJob? Find(string key) => _byKey.TryGetValue(key, out var sharedJob)
        && sharedJob.Leader.State is { CancelRequested: false, Phase: not GenerationPhase.Unknown } and ({ IsOpen: true } or { Phase: GenerationPhase.Succeeded, CachePlan: not null })
        ? sharedJob
        : null;

    /// <summary>The job that a generation drives.</summary>
    public SharedJob? Of(string leader) => _byLeader.GetValueOrDefault(leader);

    /// <summary>A generation begins to drive its job.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="exclusive">True: only when there is no other with its key that could be joined.</param>
    /// <returns>False when there is one.</returns>
    public bool TryLead(Generation generation, bool exclusive)
    {
        var sharedJob = new SharedJob(generation);
        var key = generation.State.CachePlan!.Key;
        while (!_byKey.TryAdd(key, sharedJob))
        {
            if (!exclusive)
            {
                break;
            }

            if (Find(key) is not null)
            {
                return false;
            }

            // One that is being cancelled, or has failed: it goes on by itself, and nobody joins it any longer.
            if (_byKey.TryGetValue(key, out var old) && Find(key) is null)
            {
                _byKey.TryRemove(new KeyValuePair<string, SharedJob>(key, old));
            }
        }

        generation.SharedJob = sharedJob;
        _byLeader[generation.State.Id] = sharedJob;
        return true;
    }

    /// <summary>A job that cannot be joined: it goes on by itself.</summary>
    public void Drop(SharedJob sharedJob) => _byKey.TryRemove(new KeyValuePair<string, SharedJob>(sharedJob.Key, sharedJob));

    /// <summary>The job is over.</summary>
    public void End(Generation generation)
    {
        if (generation.SharedJob is { } sharedJob && sharedJob.Leader == generation)
        {
            Drop(sharedJob);
            _byLeader.TryRemove(new KeyValuePair<string, SharedJob>(generation.State.Id, sharedJob));
        }
    }
}
