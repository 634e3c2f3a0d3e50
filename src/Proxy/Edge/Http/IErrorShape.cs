using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Http;

/// <summary>How one dialect words an error that is met before its endpoint runs, or that its endpoint did not catch.</summary>
internal interface IErrorShape
{
    /// <summary>Whether calls of this path are the dialect's.</summary>
    bool Owns(PathString path);

    /// <summary>Writes the error.</summary>
    Task WriteAsync(HttpContext context, GenerationError error, int status);
}
