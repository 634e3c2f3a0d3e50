using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine;

/// <summary>What is known now of generations as they are stored: of those that are driven here, and of those that wait for a turn at another replica.</summary>
internal sealed class LatestStates(OpenGenerations open, IFleet fleet)
{
    /// <summary>The generation as it is known now.</summary>
    public async ValueTask<GenerationState> OfAsync(GenerationState stored, CancellationToken cancellationToken) => (await OfAsync([stored], cancellationToken))[0];

    /// <summary>The generations as they are known now, in the same order.</summary>
    public async ValueTask<IReadOnlyList<GenerationState>> OfAsync(IReadOnlyList<GenerationState> stored, CancellationToken cancellationToken)
    {
        List<GenerationState> latest = [.. stored.Select(s => open.Find(s.Id)?.State ?? s)];
        if (!fleet.IsShared || latest.Where(s => s is { IsOpen: true, Phase: GenerationPhase.Queued, QueuePosition: null }).Select(s => s.Id).ToList() is not { Count: > 0 } queued)
        {
            return latest;
        }

        foreach (var (id, position, estimate) in await fleet.FindPlacesAsync(queued, cancellationToken))
        {
            var index = latest.FindIndex(s => s.Id == id);
            latest[index] = latest[index] with { QueuePosition = new(() => position, _ => estimate is { } ms ? TimeSpan.FromMilliseconds(ms) : null) };
        }

        return latest;
    }
}
