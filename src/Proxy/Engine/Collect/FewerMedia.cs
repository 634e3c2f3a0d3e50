using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Collect;

/// <summary>
/// Results that a later answer names where one before it has named more. Those of before may still come, so these are fetched beside them, and are delivered where none of those
/// does.
/// </summary>
internal sealed class FewerMedia
{
    private const int Sure = 3;
    private int _named;

    /// <summary>What is here of them.</summary>
    public CollectedMedia Collected { get; } = new(0);

    /// <summary>Where they are.</summary>
    public IReadOnlyList<MediaSource> Sources { get; private set; } = [];

    /// <summary>Whether more of these are here than of the others.</summary>
    public bool IsMoreThan(CollectedMedia others) => Collected.Received.Count > others.Received.Count;

    /// <summary>Whether all of them are here, and answer after answer names no more: then there are no others.</summary>
    public bool AreAll => _named >= Sure && Collected.Received.Count > 0 && !Collected.Missing.Any();

    /// <summary>Takes what an answer names. Once something is here, answers that name another number of results take nothing away.</summary>
    public void Take(IReadOnlyList<MediaSource> fresh)
    {
        if (fresh.Count != Collected.Count)
        {
            if (Collected.Received.Count > 0)
            {
                return;
            }

            Collected.Restart(fresh.Count);
            _named = 0;
        }

        Sources = fresh;
        _named++;
    }
}
