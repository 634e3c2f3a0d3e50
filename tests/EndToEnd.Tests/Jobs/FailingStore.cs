using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.EndToEnd.Tests.Jobs;

/// <summary>A store that cannot write the first so many changes to a phase.</summary>
internal sealed class FailingStore(IGenerationStore inner, GenerationPhase phase, int failures) : StoreDecorator(inner)
{
    public int Failed { get; private set; }

    /// <summary>The numbers of the changes, as they came.</summary>
    public List<int> Revisions { get; } = [];

    public override ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken)
    {
        Revisions.Add(change.State.Revision);
        if (change.State.Phase == phase && Failed < failures)
        {
            Failed++;
            throw new StoreUnavailableException(StoreProblem.Full, new IOException("No space left on device"));
        }

        return base.SaveAsync(change, cancellationToken);
    }
}
