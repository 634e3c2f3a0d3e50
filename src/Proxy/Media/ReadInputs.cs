using System.Collections.Concurrent;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media;

/// <summary>
/// The media inputs of one request that have been read already, so that each is read once however many candidates need it. What was fetched lies in files, which are held until
/// <see cref="Forget"/>.
/// </summary>
internal sealed class ReadInputs : IDisposable
{
    private readonly ConcurrentDictionary<string, MediaInput> _read = new(StringComparer.Ordinal);

    /// <summary>An input that was read before.</summary>
    public MediaInput? Find(MediaInput input) => _read.GetValueOrDefault(KeyOf(input));

    /// <summary>Keeps one; its file is held already.</summary>
    /// <returns>The one that is kept.</returns>
    public MediaInput Add(MediaInput input, MediaInput read)
    {
        var kept = _read.GetOrAdd(KeyOf(input), read);
        if (!ReferenceEquals(kept, read))
        {
            LetGo(read);
        }

        return kept;
    }

    /// <summary>Nobody needs them any more; what is needed again is read again.</summary>
    public void Forget()
    {
        foreach (var key in _read.Keys)
        {
            if (_read.TryRemove(key, out var read))
            {
                LetGo(read);
            }
        }
    }

    public void Dispose() => Forget();

    private static void LetGo(MediaInput read) => (read.Held as HeldFile)?.LetGo();

    private static string KeyOf(MediaInput input) => input.MediaId is { } id ? "media:" + id : input.Url?.AbsoluteUri ?? "";
}
