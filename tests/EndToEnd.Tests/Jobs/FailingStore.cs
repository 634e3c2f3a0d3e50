using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.EndToEnd.Tests.Jobs;

/// <summary>A store that cannot write the first so many changes to a phase.</summary>
internal sealed class FailingStore(IGenerationStore inner, GenerationPhase phase, int failures) : StoreDecorator(inner)
{
    public int Failed { get; private set; }

    public override ValueTask SaveAsync(
        GenerationState state, IReadOnlyList<StoredMedia> finished, bool callBack, CancellationToken cancellationToken)
    {
        if (state.Phase == phase && Failed < failures)
        {
            Failed++;
            throw new IOException("No space left on device");
        }

        return base.SaveAsync(state, finished, callBack, cancellationToken);
    }
}
