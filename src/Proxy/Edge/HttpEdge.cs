using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge;

/// <summary>Refuses what HTTP allows and no part of Framegate does: tunnels, and bodies in a transfer coding that nobody here undoes.</summary>
internal sealed class HttpEdge(RequestDelegate next, ErrorAnswers errors, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsConnect(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD, POST, PUT, PATCH, DELETE";
            context.Response.Headers.Connection = "close";
            return RefuseAsync(context, "Framegate is no tunnel; CONNECT is rejected.", StatusCodes.Status405MethodNotAllowed);
        }

        if (request.Headers.TransferEncoding is { Count: > 0 } codings && !(codings.Count == 1 && "chunked".Equals(codings[0]?.Trim(), StringComparison.OrdinalIgnoreCase)))
        {
            // What follows the head cannot be distinguished from another request.
            context.Response.Headers.Connection = "close";
            return RefuseAsync(context, "Transfer-Encoding: Only 'chunked' is taken.", StatusCodes.Status501NotImplemented);
        }

        return next(context);
    }

    private Task RefuseAsync(HttpContext context, string message, int status) => errors.WriteAsync(
        context, new GenerationError { Code = ErrorCode.InvalidRequest, Message = message, Timestamp = time.GetUtcNow() }, status);
}
