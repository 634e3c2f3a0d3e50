using System.Text.Json.Nodes;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Engine;

/// <summary>What a checked submit asks for.</summary>
/// <param name="Model">The native model id for the ledger.</param>
/// <param name="Prompt">The prompt as it arrived; empty when there is none.</param>
/// <param name="Pieces">The files of a success; none for an answer that is text only.</param>
internal sealed record Order(string Model, string Prompt, IReadOnlyList<Piece> Pieces)
{
    /// <summary>The caller's own id of the job, where the provider takes one.</summary>
    public string? ExternalId { get; init; }

    /// <summary>A repetition with the same key and the same text gets the first answer; null where the provider or the caller has none.</summary>
    public (string Key, string Text)? Once { get; init; }

    /// <summary>Where to call at the end; null for nowhere.</summary>
    public string? Webhook { get; init; }

    /// <summary>Facts of the submit that later answers repeat.</summary>
    public JsonObject Facts { get; init; } = [];

    /// <summary>After this time the provider gives up by itself; null for never.</summary>
    public TimeSpan? Deadline { get; init; }

    public bool IsVideo => Pieces.Any(p => p.Kind == PieceKind.Video);
}
