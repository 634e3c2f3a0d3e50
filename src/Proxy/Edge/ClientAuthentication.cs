using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Admin;
using Framegate.Proxy.Edge.Console;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge;

/// <summary>
/// Lets clients in. With client keys: whoever sends one. Without: this machine only, and no web page that a browser on it has open.
/// <c>/admin</c> and <c>/metrics</c> have a gate of their own.
/// </summary>
internal sealed class ClientAuthentication(RequestDelegate next, ClientKeys clients, ClientRegistry registry, AdminAuthorization admin, MediaLinks links, WrongKeys wrong, OpenCalls calls, ErrorAnswers errors, IOptionsMonitor<SecurityOptions> security, TimeProvider time)
{
    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments("/health") || path.StartsWithSegments("/schemas") || path.StartsWithSegments(SubmitWebhook.Path))
        {
            return next(context);
        }

        if (AdminEndpoints.Is(path))
        {
            return admin.Refusal(context) is { } refusal ? RefuseAdminAsync(context, refusal) : next(context);
        }

        if (path == WhoamiEndpoint.Path && admin.Refusal(context) is null)
        {
            // The operator asks; a client's key is looked at below as everywhere.
            return next(context);
        }

        if (!clients.Required)
        {
            return !LocalCaller.Is(context, security.CurrentValue)
                ? RefuseAsync(context, "Without a client key Framegate serves this machine only; set FRAMEGATE_CLIENT_KEY to serve others.", StatusCodes.Status403Forbidden)
                : !security.CurrentValue.AllowProxiedWithoutKey && ProxiedCall.SignOf(context.Request) is { } sign
                ? RefuseAsync(context, $"The request came through a proxy ({sign}), and without a client key Framegate serves this machine only; set FRAMEGATE_CLIENT_KEY to serve others.", StatusCodes.Status403Forbidden)
                : next(context);
        }

        if (links.Opens(context))
        {
            return next(context);
        }

        var presented = PresentedKey.Anywhere(context.Request);
        return presented is { Length: > 0 } ? (LetIn(context, presented, clients.Find(presented)) ?? LookAgainAsync(context, presented)) : RefuseKeyAsync(context);
    }

    /// <summary>Lets in whoever has a key of a client, or refuses one whose key opens nothing any more.</summary>
    /// <returns>Null for a key that is nobody's.</returns>
    private Task? LetIn(HttpContext context, string presented, FoundClient found)
    {
        if (found.Identity is { } client)
        {
            context.User = client;
            return calls.FollowAsync(context, presented, next);
        }

        if (found.WhyNot is { } whyNot)
        {
            // Whoever has the key may know what has become of it.
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
            return RefuseAsync(context, whyNot, StatusCodes.Status401Unauthorized);
        }

        return null;
    }

    /// <summary>A key that is nobody's here may have been made elsewhere a moment ago. Who presents one waits among those with wrong keys until that is known.</summary>
    private async Task LookAgainAsync(HttpContext context, string presented)
    {
        FoundClient found;
        bool isKnown;
        using (var place = wrong.Enter(context.Connection.RemoteIpAddress))
        {
            if (place is null)
            {
                await RefuseForNowAsync(context, ErrorCode.RateLimitExceeded, "Too many requests with keys that are nobody's.", StatusCodes.Status429TooManyRequests);
                return;
            }

            isKnown = await registry.LookAgainAsync(context.RequestAborted);
            found = clients.Find(presented);
            if (!found.IsKnown)
            {
                await place.HoldUpAsync(context.RequestAborted);
            }
        }

        await (LetIn(context, presented, found) ?? (isKnown
            ? RefuseKeyAsync(context)
            : RefuseForNowAsync(
                context, ErrorCode.UnknownError, "Whose key this is cannot be looked for in the database now. Nothing was done.", StatusCodes.Status503ServiceUnavailable,
                new ErrorDetails { Reason = "store_unavailable" })));
    }

    private Task RefuseKeyAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return RefuseAsync(context, "Send the client key as 'Authorization: Bearer KEY' or 'x-api-key: KEY'.", StatusCodes.Status401Unauthorized);
    }

    private Task RefuseForNowAsync(HttpContext context, ErrorCode code, string message, int status, ErrorDetails? details = null)
    {
        context.Response.Headers.RetryAfter = "1";
        return errors.WriteAsync(
            context, new GenerationError { Code = code, Message = message, Retryable = true, Timestamp = time.GetUtcNow(), RetryAfter = 1, Details = details }, status);
    }

    private async Task RefuseAdminAsync(HttpContext context, IResult refusal)
    {
        if (refusal is IStatusCodeHttpResult { StatusCode: StatusCodes.Status401Unauthorized } && PresentedKey.InHeader(context.Request) is { Length: > 0 }
            && !await wrong.HoldUpAsync(context.Connection.RemoteIpAddress, context.RequestAborted))
        {
            context.Response.Headers.RetryAfter = "1";
            refusal = TypedResults.Problem("Too many requests with keys that are nobody's.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests");
        }

        await refusal.ExecuteAsync(context);
    }

    private Task RefuseAsync(HttpContext context, string message, int status) => errors.WriteAsync(
        context,
        new GenerationError { Code = ErrorCode.AuthenticationFailed, Message = message, Timestamp = time.GetUtcNow() },
        status);
}
