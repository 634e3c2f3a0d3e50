using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Collect;

/// <summary>
/// Results that a later answer names where one before it has named more. Those of before may still come, so these are fetched beside them, and are delivered where none of those
/// does.
/// </summary>
internal sealed class FewerMedia
{
    /// <summary>What is here of them.</summary>
    public CollectedMedia Collected { get; } = new(0);

    /// <summary>Where they are.</summary>
    public IReadOnlyList<MediaSource> Sources { get; private set; } = [];

    /// <summary>Whether more of these are here than of the others.</summary>
    public bool IsMoreThan(CollectedMedia others) => Collected.Received.Count > others.Received.Count;

    /// <summary>Takes what an answer names; of two answers the one that names more.</summary>
    public void Take(IReadOnlyList<MediaSource> fresh)
    {
        if (fresh.Count < Collected.Count && Collected.Received.Count > 0)
        {
            return;
        }

        if (fresh.Count != Collected.Count)
        {
            Collected.Restart(fresh.Count);
        }

        Sources = fresh;
    }
}
