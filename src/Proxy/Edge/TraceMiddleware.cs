using System.Diagnostics;
using System.Globalization;
using Framegate.Proxy.Common.Telemetry;

namespace Framegate.Proxy.Edge;

/// <summary>
/// Makes a span of each call, below the caller's own where it sends a <c>traceparent</c>. Named after the route and not the path, which is the caller's. What is asked
/// for by machines every few seconds, and the pages, are left out.
/// </summary>
internal sealed class TraceMiddleware(RequestDelegate next)
{
    private static readonly string[] s_quiet = ["/health", "/metrics", "/console", "/docs", "/openapi", "/schemas"];

    public Task InvokeAsync(HttpContext context) =>
        !Tracing.Source.HasListeners() || Array.Exists(s_quiet, p => context.Request.Path.StartsWithSegments(p)) ? next(context) : TraceAsync(context);

    private async Task TraceAsync(HttpContext context)
    {
        // The host may have begun an activity of its own, which nobody exports: as a parent it would be missing.
        Activity.Current = null;
        var headers = context.Request.Headers;
        var parent = ActivityContext.TryParse(headers.TraceParent, headers.TraceState, isRemote: true, out var given) ? given : default;
        using var span = Tracing.Source.StartActivity(context.Request.Method, ActivityKind.Server, parent);
        if (span is null)
        {
            await next(context);
            return;
        }

        span.SetTag("framegate.request_id", context.TraceIdentifier);
        try
        {
            await next(context);
        }
        finally
        {
            var status = context.Response.StatusCode;
            span.SetTag("http.request.method", context.Request.Method).SetTag(Tracing.Status, status);
            if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
            {
                span.DisplayName = $"{context.Request.Method} {route}";
                span.SetTag("http.route", route);
            }

            if (status >= StatusCodes.Status500InternalServerError)
            {
                span.Failed(status.ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}
