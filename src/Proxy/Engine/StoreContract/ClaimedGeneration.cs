using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>An open generation that its new owner goes on with.</summary>
/// <param name="State">Where it stands.</param>
/// <param name="Body">The body it was asked for with; null once it is not needed.</param>
internal sealed record ClaimedGeneration(GenerationState State, byte[]? Body);
