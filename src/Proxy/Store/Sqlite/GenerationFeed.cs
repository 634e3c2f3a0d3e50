using System.Collections.Concurrent;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Wakes whoever watches a generation when it changes. All of it happens in this process, which alone writes to the file.</summary>
internal sealed class GenerationFeed
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _watched = new(StringComparer.Ordinal);

    /// <summary>Ends at the next change of a generation.</summary>
    public Task Next(string id) => _watched.GetOrAdd(id, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>A generation has changed.</summary>
    public void Changed(string id)
    {
        if (!_watched.IsEmpty && _watched.TryRemove(id, out var watchers))
        {
            watchers.SetResult();
        }
    }
}
