using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>A submit whose answer was lost.</summary>
/// <param name="Request">The request.</param>
/// <param name="Model">The model that was asked for.</param>
/// <param name="SentAt">When it was sent, by the host's clock.</param>
/// <param name="Destination">The address it was sent to.</param>
public sealed record LostSubmit(GenerationRequest Request, ModelInfo Model, DateTimeOffset SentAt, Uri Destination)
{
    /// <summary>What was sent; null when it cannot be built again, as after a change of the configuration.</summary>
    public NativeRequest? Native { get; init; }
}
