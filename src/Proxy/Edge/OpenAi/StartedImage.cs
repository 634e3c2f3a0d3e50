using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>A generation that a call for images has begun, or joined.</summary>
/// <param name="State">The generation as it was then.</param>
/// <param name="Running">The generation in memory; null when it has finished already.</param>
/// <param name="Turn">The call's claim to its answer; null when no other would be harmed by the loss of it.</param>
internal sealed record StartedImage(GenerationState State, Generation? Running, Turn<string>? Turn);
