using System.Collections.Concurrent;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media;

/// <summary>
/// The media inputs of one request that have been read already, so that each is read once however many candidates need it. What was fetched lies in files, which are held until
/// <see cref="Forget"/>.
/// </summary>
internal sealed class ReadInputs : IDisposable
{
    // Most requests have no input that is read.
    private ConcurrentDictionary<string, MediaInput>? _read;

    /// <summary>An input that was read before.</summary>
    public MediaInput? Find(MediaInput input) => Volatile.Read(ref _read)?.GetValueOrDefault(KeyOf(input));

    /// <summary>True when one of them is not there any more, and is to be read again.</summary>
    public bool HasLost => Volatile.Read(ref _read) is { } all && all.Values.Any(static r => r.Held is MediaFile { IsThere: false });

    /// <summary>Keeps one; its file is held already.</summary>
    /// <returns>The one that is kept.</returns>
    public MediaInput Add(MediaInput input, MediaInput read)
    {
        var all = LazyInitializer.EnsureInitialized(ref _read, static () => new ConcurrentDictionary<string, MediaInput>(StringComparer.Ordinal));
        var kept = all.GetOrAdd(KeyOf(input), read);
        if (!ReferenceEquals(kept, read))
        {
            LetGo(read);
        }

        return kept;
    }

    /// <summary>Nobody needs them any more; what is needed again is read again.</summary>
    public void Forget()
    {
        if (Volatile.Read(ref _read) is not { } all)
        {
            return;
        }

        foreach (var key in all.Keys)
        {
            if (all.TryRemove(key, out var read))
            {
                LetGo(read);
            }
        }
    }

    public void Dispose() => Forget();

    private static void LetGo(MediaInput read) => (read.Held as HeldFile)?.LetGo();

    private static string KeyOf(MediaInput input) => input.MediaId is { } id ? "media:" + id : input.Url?.AbsoluteUri ?? "";
}
