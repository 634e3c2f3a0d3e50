using System.Globalization;
using Framegate.Plugins;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Engine.Collect;

/// <summary>The results of one job while they are fetched. Each stands for itself.</summary>
internal sealed class CollectedMedia(int count)
{
    private ReceivedMedia?[] _received = new ReceivedMedia?[count];
    private MediaFetch?[] _failed = new MediaFetch?[count];

    /// <summary>How many there are.</summary>
    public int Count => _received.Length;

    /// <summary>Those that are here, in the provider's order.</summary>
    public IReadOnlyList<ReceivedMedia> Received => [.. _received.OfType<ReceivedMedia>()];

    /// <summary>The same as they are delivered: what was asked for stands in front, since callers look at the first. A still beside a clip is no clip.</summary>
    public IReadOnlyList<ReceivedMedia> Delivered(IReadOnlyList<MediaSource> sources) =>
    [
        .. Enumerable.Range(0, _received.Length).Where(i => _received[i] is not null).OrderBy(i => _received[i]!.Facts.Type != sources[i].Type).Select(i => _received[i]!),
    ];

    /// <summary>Those that may still come.</summary>
    public IEnumerable<int> Missing => Enumerable.Range(0, _received.Length).Where(i => _received[i] is null && _failed[i] is not { IsFinal: true });

    /// <summary>Why the first of those that are not here is not; null when all are.</summary>
    public string? Reason => Enumerable.Range(0, _received.Length).Where(i => _received[i] is null).Select(i => _failed[i]?.Reason).FirstOrDefault();

    /// <summary>The longest pause that a server asked for in the last round.</summary>
    public TimeSpan RetryAfter => Missing.Select(i => _failed[i]?.RetryAfter ?? TimeSpan.Zero).DefaultIfEmpty().Max();

    /// <summary>Takes note of a download.</summary>
    public void Note(int index, MediaFetch fetch) => (_received[index], _failed[index]) = (fetch.Received, fetch.Received is null ? fetch : null);

    /// <summary>Begins anew with as many as the provider names now. What has arrived is one of those that it named before, so there must be none.</summary>
    public void Restart(int count) => (_received, _failed) = (new ReceivedMedia?[count], new MediaFetch?[count]);

    /// <summary>What the caller should know: what is missing, silent, or of another kind than was asked for.</summary>
    public IReadOnlyList<string> Warnings(string provider, IReadOnlyList<MediaSource> sources) =>
    [
        .. Enumerable.Range(0, _received.Length).Select(i => WarningOf(provider, sources, i)).OfType<string>(),
    ];

    private string? WarningOf(string provider, IReadOnlyList<MediaSource> sources, int index)
    {
        var (received, asked) = (_received[index], sources[index].Type);
        return received is null
            ? string.Create(CultureInfo.InvariantCulture, $"Result {index + 1} of {_received.Length} could not be fetched: {_failed[index]?.Reason}.")
            : received.Facts.IsSilent ? string.Create(CultureInfo.InvariantCulture, $"Result {index + 1} of {_received.Length} is silent: all of its samples are zero.")
            : received.Facts.Type == asked ? null
            : $"{provider} delivered {received.Facts.Type.ToString().ToLowerInvariant()} ({received.Facts.ContentType}) where {asked.ToString().ToLowerInvariant()} was asked for.";
    }
}
