using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Unified;

namespace Framegate.Proxy.Edge;

/// <summary>Errors in the words of whoever's path was called; unified where it is nobody's.</summary>
internal sealed class ErrorAnswers(IEnumerable<IErrorShape> shapes, ResponseWriter unified)
{
    private readonly IErrorShape[] _shapes = [.. shapes];

    /// <summary>Writes an error.</summary>
    public Task WriteAsync(HttpContext context, GenerationError error, int status)
    {
        foreach (var shape in _shapes)
        {
            if (shape.Owns(context.Request.Path))
            {
                return shape.WriteAsync(context, error, status);
            }
        }

        return unified.WriteRefusalAsync(context, error, status);
    }
}
