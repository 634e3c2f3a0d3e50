using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>A video of the caller.</summary>
internal sealed record FoundVideo(GenerationState State, Generation? Running, VideoJob Job);
