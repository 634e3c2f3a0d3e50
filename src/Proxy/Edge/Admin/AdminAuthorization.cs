using Framegate.Plugins;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Admin;

/// <summary>
/// Lets operators into <c>/admin</c> and <c>/metrics</c>: whoever sends FRAMEGATE_ADMIN_KEY; into <c>/metrics</c> also whoever sends FRAMEGATE_SCRAPE_KEY. A client key does not open it, and the admin key is not a client's.
/// A gateway without any key is open to this machine, here as elsewhere.
/// </summary>
internal sealed class AdminAuthorization(ClientKeys clients, HostSettings settings, IOptionsMonitor<SecurityOptions> security)
{
    /// <summary>The environment variable that holds the key.</summary>
    public const string Variable = "FRAMEGATE_ADMIN_KEY";

    /// <summary>The environment variable that holds a key which opens <c>/metrics</c> and nothing else.</summary>
    public const string ScrapeVariable = "FRAMEGATE_SCRAPE_KEY";

    /// <summary>Why a request may not in.</summary>
    /// <returns>Null when it may.</returns>
    public IResult? Refusal(HttpContext context)
    {
        var asked = context.Request.Path.StartsWithSegments(AdminEndpoints.Metrics) ? AdminEndpoints.Metrics : AdminEndpoints.Prefix;
        if (asked == AdminEndpoints.Metrics && Digest(ScrapeVariable, settings.ScrapeKey) is { } scrape && PresentedKey.InHeader(context.Request) is { } shown && KeyDigest.Of(shown) == scrape)
        {
            return null;
        }

        if (Digest(Variable, settings.AdminKey) is not { } key)
        {
            return clients.Required ? Refuse(StatusCodes.Status403Forbidden, $"With client keys, {asked} needs a key of its own; set {Variable}.")
                : !LocalCaller.Is(context) ? Refuse(StatusCodes.Status403Forbidden, $"Without keys {asked} serves this machine only; set {Variable} to serve others.")
                : !security.CurrentValue.AllowProxiedWithoutKey && ProxiedCall.SignOf(context.Request) is { } sign
                ? Refuse(StatusCodes.Status403Forbidden, $"The request came through a proxy ({sign}), and without keys {asked} serves this machine only; set {Variable} to serve others.")
                : null;
        }

        // Not from the query: whoever keeps logs of URLs would keep the key.
        if (PresentedKey.InHeader(context.Request) is not { } presented)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Refuse(StatusCodes.Status401Unauthorized, $"Send the admin key ({Variable}) as 'Authorization: Bearer KEY' or 'x-api-key: KEY'.");
        }

        if (KeyDigest.Of(presented) == key)
        {
            return null;
        }

        if (clients.Find(presented) is not { Identity: null, WhyNot: null })
        {
            return Refuse(StatusCodes.Status403Forbidden, $"A client key does not open {asked}; send the admin key ({Variable}).");
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Refuse(StatusCodes.Status401Unauthorized, $"This is not the admin key ({Variable}).");
    }

    private static KeyDigest? Digest(string variable, Secret? atStart) => EnvFile.Current(variable, atStart) is { } key ? KeyDigest.Of(key.Reveal()) : null;

    private static ProblemHttpResult Refuse(int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: status == StatusCodes.Status401Unauthorized ? "Unauthorized" : "Forbidden");
}
