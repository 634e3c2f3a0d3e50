using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>A video of the caller.</summary>
internal sealed record FoundVideo(GenerationState State, Generation? Running, VideoJob Job);
