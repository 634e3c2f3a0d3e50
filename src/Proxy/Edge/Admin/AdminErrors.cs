using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Admin;

/// <summary>Errors under <c>/admin</c>: problem+json.</summary>
internal sealed class AdminErrors : IErrorShape
{
    public bool Owns(PathString path) => path.StartsWithSegments(AdminEndpoints.Prefix);

    public Task WriteAsync(HttpContext context, GenerationError error, int status) =>
        TypedResults.Problem(error.Message, statusCode: status).ExecuteAsync(context);
}
