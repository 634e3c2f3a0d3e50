using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>A generation that a call for images has begun, or joined.</summary>
internal sealed record StartedImage(GenerationState State, Generation? Running, byte[] Fingerprint);
