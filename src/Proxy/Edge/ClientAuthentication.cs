using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Admin;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge;

/// <summary>
/// Lets clients in. With client keys: whoever sends one. Without: this machine only, and no web page that a browser on it has open.
/// <c>/admin</c> and <c>/metrics</c> have a gate of their own.
/// </summary>
internal sealed class ClientAuthentication(RequestDelegate next, ClientKeys clients, AdminAuthorization admin, ErrorAnswers errors, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments("/health") || path.StartsWithSegments(SubmitWebhook.Path))
        {
            return next(context);
        }

        if (AdminEndpoints.Is(path))
        {
            return admin.Refusal(context) is { } refusal ? refusal.ExecuteAsync(context) : next(context);
        }

        if (!clients.Required)
        {
            return LocalCaller.Is(context)
                ? next(context)
                : RefuseAsync(context, "Without a client key Framegate serves this machine only; set FRAMEGATE_CLIENT_KEY to serve others.", StatusCodes.Status403Forbidden);
        }

        if (PresentedKey.Anywhere(context.Request) is { } presented && clients.Find(presented) is { } client)
        {
            context.User = client;
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return RefuseAsync(context, "Send the client key as 'Authorization: Bearer KEY' or 'x-api-key: KEY'.", StatusCodes.Status401Unauthorized);
    }

    private Task RefuseAsync(HttpContext context, string message, int status) => errors.WriteAsync(
        context,
        new GenerationError { Code = ErrorCode.AuthenticationFailed, Message = message, Timestamp = time.GetUtcNow() },
        status);
}
