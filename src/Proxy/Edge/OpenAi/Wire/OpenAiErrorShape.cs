using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Errors under <c>/v1</c>.</summary>
internal sealed class OpenAiErrorShape : IErrorShape
{
    /// <summary>Where ComfyUI's nodes look for the dialect, below <c>--comfy-api-base</c>.</summary>
    public const string ComfyUi = "/proxy/openai";

    public bool Owns(PathString path) => path.StartsWithSegments("/v1") || path.StartsWithSegments(ComfyUi);

    public Task WriteAsync(HttpContext context, GenerationError error, int status) => OpenAiErrorWriter.WriteAsync(context, error, status);
}
