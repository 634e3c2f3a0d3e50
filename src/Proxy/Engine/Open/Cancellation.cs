using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Open;

/// <summary>Ends a generation because the client, or the client's deadline, ends it.</summary>
internal static class Cancellation
{
    /// <summary>Ends it for the client.</summary>
    public static ValueTask<GenerationState> EndAsync(GenerationWriter writer, Generation generation, DateTimeOffset now, Billed? billed = null) => writer.EndAsync(
        generation,
        GenerationPhase.Cancelled,
        s => After(s, billed) with { Error = Failures.CancelledByClient(now) });

    /// <summary>The state after a cancel: what was paid before this candidate is left where it bills nothing, or was not asked yet.</summary>
    public static GenerationState After(GenerationState state, Billed? billed) =>
        (billed is { } known ? state.WithAttempt(a => a with { Billed = known }) : state) with
        {
            Cost = billed == Billed.No ? state.Spent : state.CostSoFar,
        };

    /// <summary>What a look at a job after its cancel shows of its bill.</summary>
    /// <returns>No where its own last word is one that its provider bills nothing for; null where nobody knows.</returns>
    public static Billed? BillOf(JobOutcome outcome) => outcome is JobOutcome.Failed { Failure.Billed: Billed.No } ? Billed.No : null;

    /// <summary>Ends the job at its provider, where the provider can.</summary>
    /// <returns>Whether the provider has taken the wish, and what is known about the bill afterwards; null when it reports nothing.</returns>
    public static async Task<(bool Taken, Billed? Billed)> AtProviderAsync(
        IEgress egress, ProviderAdapter adapter, JobLocation jobLocation, JobHandle job, CancellationToken cancellationToken)
    {
        if (adapter.BuildCancel(job) is not { } request)
        {
            return (false, null);
        }

        var exchange = await egress.SendToAsync(adapter, jobLocation, NativeCall.Cancel, request, null, null, cancellationToken);
        return exchange?.Response is not { } response ? (false, null) : adapter.ReadCancel(response) switch
        {
            CancelOutcome.Cancelled => (true, Billed.No),
            CancelOutcome.Requested => (true, null),
            _ => (false, null),
        };
    }
}
