using System.Collections.Concurrent;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media;

/// <summary>The media inputs of one request that have been read already, so that each is read once however many candidates need it.</summary>
internal sealed class ReadInputs
{
    private readonly ConcurrentDictionary<string, MediaInput> _read = new(StringComparer.Ordinal);

    /// <summary>An input that was read before.</summary>
    public MediaInput? Find(MediaInput input) => _read.GetValueOrDefault(KeyOf(input));

    /// <summary>Keeps one.</summary>
    public void Add(MediaInput input, MediaInput bytes) => _read[KeyOf(input)] = bytes;

    private static string KeyOf(MediaInput input) => input.MediaId is { } id ? "media:" + id : input.Url?.AbsoluteUri ?? "";
}
