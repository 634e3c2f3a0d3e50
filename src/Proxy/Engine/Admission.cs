using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine;

/// <summary>What became of a request.</summary>
/// <param name="State">The generation as it stands; null when the request is refused.</param>
/// <param name="Running">The generation in memory; null when it has finished already, or the request is refused.</param>
/// <param name="Replayed">True when the generation was asked for before.</param>
/// <param name="Refusal">Why the request is refused; null when it is not.</param>
/// <param name="Status">The HTTP status of a refusal.</param>
/// <param name="RequestId">The id of a refused request, where it had a valid one.</param>
internal sealed record Admission(
    GenerationState? State, Generation? Running, bool Replayed, GenerationError? Refusal, int Status, string? RequestId)
{
    /// <summary>The version of the schema to answer in.</summary>
    public string SchemaVersion { get; init; } = GenerationRequest.CurrentVersion;

    /// <summary>The cache key of a hit that needs no reading the next time; null otherwise.</summary>
    public string? CachedUnder { get; init; }

    /// <summary>True when it repeats an order whose answer was lost, and gets that order's answer.</summary>
    public bool Joined { get; init; }

    /// <summary>The caller's claim to the answer, to be ended by the edge; null when nobody would be harmed by the loss of it.</summary>
    public Turn<string>? Turn { get; init; }

    /// <summary>Taken, or replayed.</summary>
    public static Admission Of(GenerationState state, Generation? running, bool replayed) => new(state, running, replayed, null, 0, state.Id);

    /// <summary>Refused.</summary>
    public static Admission Refused(GenerationError error, string? requestId, int? status = null) =>
        new(null, null, false, error, status ?? error.Code.ToHttpStatus(error.Provider is not null), requestId);
}
