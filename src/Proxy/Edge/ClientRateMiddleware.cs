using System.Globalization;
using Framegate.Proxy.Edge.Admin;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Mcp;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Proxy.Selection.Limits;
using Framegate.Proxy.Selection.Mapping;

namespace Framegate.Proxy.Edge;

/// <summary>
/// Holds clients to the requests that they may send in a minute. Reads are not counted: whoever waits for a job asks often. Of MCP, where every
/// message is a POST, the orders alone count.
/// </summary>
internal sealed class ClientRateMiddleware(RequestDelegate next, ClientRates rates, ErrorAnswers errors, TimeProvider time)
{
    private const int WindowSeconds = 60;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)
            || AdminEndpoints.Is(request.Path) || request.Path.StartsWithSegments(McpEndpoints.Path) || request.Path.StartsWithSegments(SubmitWebhook.Path))
        {
            return next(context);
        }

        var client = Client.Of(context);
        var counting = rates.CountAsync(client);
        if (rates.Note(client) is { } note)
        {
            context.Response.OnStarting(() =>
            {
                if (note.Model is { } model)
                {
                    Write(context.Response.Headers, "model", model);
                }

                return Task.CompletedTask;
            });
        }

        return counting is { IsCompletedSuccessfully: true, Result: null } ? next(context) : CountedAsync(context, counting);
    }

    /// <summary>Adds a limit to those that the answer reports.</summary>
    /// <returns>In how many seconds there is room for all that it allows, or for one more where this one was too many.</returns>
    private static int Write(IHeaderDictionary headers, string name, RateVerdict verdict)
    {
        var wait = verdict.IsAllowed ? WindowSeconds : Math.Max(1, (int)Math.Ceiling(verdict.Wait.TotalSeconds));
        Add("RateLimit-Policy", string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={verdict.Limit};w={WindowSeconds}"));
        Add("RateLimit", string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={verdict.Left};t={wait}"));
        return wait;

        void Add(string header, string item) => headers[header] = headers[header] is [{ Length: > 0 } before, ..] ? $"{before}, {item}" : item;
    }

    private async Task CountedAsync(HttpContext context, ValueTask<RateVerdict?> counting)
    {
        if (await counting is not { } verdict)
        {
            await next(context);
            return;
        }

        var headers = context.Response.Headers;
        var wait = Write(headers, "requests", verdict);
        if (verdict.IsAllowed)
        {
            await next(context);
            return;
        }

        headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        await errors.WriteAsync(context, RequestErrors.TooOften(time.GetUtcNow(), verdict.Setting, verdict.Limit, verdict.Wait), StatusCodes.Status429TooManyRequests);
    }
}
