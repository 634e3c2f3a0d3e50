using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge;

/// <summary>
/// Errors in the words of the dialect that was called. An endpoint names its dialect's shape in its metadata; the path decides only where no
/// endpoint was found, or none was looked for yet.
/// </summary>
internal sealed class ErrorAnswers(IEnumerable<IErrorShape> shapes)
{
    private readonly IErrorShape[] _shapes = [.. shapes];

    /// <summary>Writes an error.</summary>
    public Task WriteAsync(HttpContext context, GenerationError error, int status)
    {
        var shape = context.GetEndpoint()?.Metadata.GetMetadata<IErrorShape>() ?? _shapes.First(s => s.Owns(context.Request.Path));
        return shape.WriteAsync(context, error, status);
    }
}
