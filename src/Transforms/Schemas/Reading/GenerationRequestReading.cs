using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>What came of reading a request: either <see cref="Request"/> or at least one error.</summary>
/// <param name="Request">The request; null when anything is wrong with it.</param>
/// <param name="Errors">Everything that is wrong, at most <see cref="GenerationRequestReader.MaxErrors"/>; empty when the request is good.</param>
/// <param name="RequestId">The caller's id, also when other fields are wrong; null when it gave none or a wrong one.</param>
public sealed record GenerationRequestReading(GenerationRequest? Request, IReadOnlyList<FieldError> Errors, string? RequestId)
{
    /// <summary>The version the body names, whether it is known or not; the current one when it names none.</summary>
    public string SchemaVersion { get; init; } = GenerationRequest.CurrentVersion;
}
