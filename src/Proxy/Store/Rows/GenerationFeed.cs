using System.Collections.Concurrent;

namespace Framegate.Proxy.Store.Rows;

/// <summary>Wakes whoever in this process watches a generation when it changes.</summary>
internal sealed class GenerationFeed
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _watched = new(StringComparer.Ordinal);
    private TaskCompletionSource? _any;

    /// <summary>Ends at the next change of a generation.</summary>
    public Task Next(string id) => _watched.GetOrAdd(id, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Ends at the next change of any generation.</summary>
    public Task NextOfAny()
    {
        while (true)
        {
            if (Volatile.Read(ref _any) is { } waiting)
            {
                return waiting.Task;
            }

            Interlocked.CompareExchange(ref _any, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);
        }
    }

    /// <summary>Some generation has changed, or begun.</summary>
    public void AnyChanged()
    {
        if (Volatile.Read(ref _any) is not null)
        {
            Interlocked.Exchange(ref _any, null)?.TrySetResult();
        }
    }

    /// <summary>Anything may have changed.</summary>
    public void AllChanged()
    {
        foreach (var id in _watched.Keys)
        {
            Changed(id);
        }

        AnyChanged();
    }

    /// <summary>A generation has changed.</summary>
    public void Changed(string id)
    {
        AnyChanged();
        if (!_watched.IsEmpty && _watched.TryRemove(id, out var watchers))
        {
            watchers.TrySetResult();
        }
    }
}
