using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Selection.Health;
using Yarp.ReverseProxy;

namespace Framegate.Proxy.Edge.Admin;

/// <summary><c>POST /admin/providers/{provider}/{destination}/drain</c> and <c>/resume</c>: no new jobs there, until it is resumed or the program starts anew.</summary>
internal static class DrainEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapDrain(this RouteGroupBuilder admin)
    {
        admin.MapPost("/providers/{provider}/{destination}/drain", (string provider, string destination, IProxyStateLookup proxy, HealthRegistry registry, ILoggerFactory loggers) =>
            Set(provider, destination, true, proxy, registry, loggers));
        admin.MapPost("/providers/{provider}/{destination}/resume", (string provider, string destination, IProxyStateLookup proxy, HealthRegistry registry, ILoggerFactory loggers) =>
            Set(provider, destination, false, proxy, registry, loggers));
    }

    private static IResult Set(string provider, string destination, bool drained, IProxyStateLookup proxy, HealthRegistry registry, ILoggerFactory loggers)
    {
        // Looked up first: what is not configured must leave nothing behind.
        if (!proxy.TryGetCluster(provider, out var cluster) || !cluster.Destinations.ContainsKey(destination))
        {
            return Problems.NotFound($"There is no destination '{Problems.Shown(destination)}' of a provider '{Problems.Shown(provider)}'.");
        }

        registry.For(provider, destination).Drained = drained;
        Log.DestinationDrained(loggers.CreateLogger<HealthRegistry>(), provider, destination, drained ? "drained" : "resumed");
        return TypedResults.NoContent();
    }
}
