using Yarp.ReverseProxy.Configuration;

namespace Framegate.Bench.Servers;

/// <summary>What Framegate is compared with: YARP with one route, one cluster, one destination and no logging.</summary>
internal static class BareYarp
{
    public static async Task<int> RunAsync(string upstream, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "stub", Match = new RouteMatch { Path = "/{**rest}" } }],
            [new ClusterConfig { ClusterId = "stub", Destinations = new Dictionary<string, DestinationConfig> { ["stub"] = new() { Address = upstream } } }]);
        await using var app = builder.Build();
        app.MapReverseProxy();
        return await Serving.RunAsync(app, cancellationToken);
    }
}
