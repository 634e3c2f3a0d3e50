using Framegate.Proxy.Common;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Http;

/// <summary>Which web pages may call, for the framework's CORS middleware: those of <c>Security:Origins</c>, followed while running.</summary>
internal sealed class PageOrigins(IOptionsMonitor<SecurityOptions> security) : ICorsPolicyProvider
{
    private static readonly string[] s_exposed =
    [
        "Accept-Ranges", "Allow", "Cache-Status", "Content-Disposition", "Content-Range", "Deprecation", "ETag", "Framegate-Attempts", "Framegate-Cost", "Framegate-Destination", "Framegate-Model",
        "Framegate-Overhead-Ms", "Framegate-Provider", "Framegate-Request-Id", "Framegate-Schema-Version", "Framegate-Warning", "Idempotent-Replayed", "Link", "Location", "MCP-Protocol-Version",
        "MCP-Session-Id", "OpenAI-Poll-After-Ms", "Preference-Applied", "RateLimit", "RateLimit-Policy", "Retry-After", "Sunset", "WWW-Authenticate", "X-Framegate-Warnings",
        "X-RateLimit-Limit-Requests", "X-RateLimit-Remaining-Requests", "X-RateLimit-Reset-Requests", "X-Request-Id", "X-Should-Retry",
    ];

    private (IReadOnlyList<string>? Origins, CorsPolicy? Policy) _last;

    /// <summary>Whether a page of an origin is named; an asterisk names none.</summary>
    public static bool Names(SecurityOptions options, string origin) => options.Origins?.Contains(origin, StringComparer.OrdinalIgnoreCase) == true;

    /// <summary>Puts the framework's middleware in. <c>UseCors</c> compiles an expression to call it, and loads a library of 2 MB that nothing else needs.</summary>
    public static void Use(IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        var policies = services.GetRequiredService<ICorsPolicyProvider>();
        app.Use(next =>
        {
            var cors = new CorsMiddleware(next, services.GetRequiredService<ICorsService>(), services.GetRequiredService<ILoggerFactory>());
            return context => cors.Invoke(context, policies);
        });
    }

    /// <summary>The policy of every route.</summary>
    /// <returns>Null where no page may call: then nothing is added to any answer.</returns>
    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        var (origins, last) = (security.CurrentValue.Origins, _last);
        if (!ReferenceEquals(origins, last.Origins))
        {
            _last = last = (origins, Of(origins));
        }

        return Task.FromResult(last.Policy);
    }

    private static CorsPolicy? Of(IReadOnlyList<string>? origins)
    {
        if (origins is not { Count: > 0 })
        {
            return null;
        }

        // Keys travel in headers and never as cookies, so credentials are not allowed.
        var policy = new CorsPolicyBuilder().AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(s_exposed).SetPreflightMaxAge(TimeSpan.FromMinutes(10));
        return (origins.Contains("*") ? policy.AllowAnyOrigin() : policy.WithOrigins([.. origins])).Build();
    }
}
