using Framegate.Plugins.Contract;
using Framegate.Proxy.Generations;
using Framegate.Proxy.Media;
using Framegate.Proxy.Storage;

namespace Framegate.EndToEnd.Tests.Jobs;

/// <summary>A store that cannot write the first so many accepted jobs.</summary>
internal sealed class FailingStore(IGenerationStore inner, int failures) : StoreDecorator(inner)
{
    public int Failed { get; private set; }

    public override ValueTask<byte[]?> SaveAsync(
        GenerationState state, IReadOnlyList<StoredMedia> finished, bool callBack, CancellationToken cancellationToken)
    {
        if (state.Phase == GenerationPhase.Running && Failed < failures)
        {
            Failed++;
            throw new IOException("No space left on device");
        }

        return base.SaveAsync(state, finished, callBack, cancellationToken);
    }
}
