using Framegate.Plugins;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Webhooks;
using Microsoft.AspNetCore.Http.Features;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary><c>POST /provider-webhooks/{id}/{token}</c>: a provider calls about a job. No client key is asked for; the address is the proof.</summary>
internal static class ProviderCallEndpoint
{
    private const int MostBytes = 4 * 1024 * 1024;

    /// <summary>Maps it.</summary>
    public static void MapProviderCalls(this IEndpointRouteBuilder routes) => routes.MapPost(SubmitWebhook.Path + "/{id}/{token}", TakeAsync);

    private static async Task<IResult> TakeAsync(string id, string token, HttpContext context, ProviderCalls calls)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = MostBytes;
        }

        byte[] body;
        try
        {
            body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        }
        catch (BadHttpRequestException e)
        {
            return Results.StatusCode(e.StatusCode);
        }

        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        return await calls.TakeAsync(id, token, new WebhookCall(headers, body), context.RequestAborted)
            ? Results.Ok()
            : Problems.NotFound("There is nothing that a provider could be calling about.");
    }
}
