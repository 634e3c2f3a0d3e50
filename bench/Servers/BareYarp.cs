using Yarp.ReverseProxy.Configuration;

namespace Framegate.Bench.Servers;

/// <summary>What Framegate is compared with: YARP with one route, one cluster, one destination and no logging.</summary>
internal static class BareYarp
{
    public static async Task<int> RunAsync(string upstream, CancellationToken cancellationToken)
    {
        // Its content root is watched for changes, with all folders below: not the working directory, in which the data folders of the others lie.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
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
