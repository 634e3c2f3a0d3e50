using System.Collections.Concurrent;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Hosting;

/// <summary>A routing world for each stand-in, made when its first request comes: a table of all routes together would cost every start.</summary>
/// <param name="app">What the worlds branch from.</param>
/// <param name="services">What the stand-ins share.</param>
/// <param name="underOwnPath">True where each stand-in answers under its own name.</param>
/// <param name="stopping">The end of the server.</param>
internal sealed class StandInPipelines(IApplicationBuilder app, SandboxServices services, bool underOwnPath, CancellationToken stopping)
{
    private readonly Lock _building = new(); // the options of routing, which all worlds write to, are not thread-safe
    private readonly ConcurrentDictionary<string, RequestDelegate> _built = new(StringComparer.Ordinal);

    public RequestDelegate Of(IStandIn standIn)
    {
        if (_built.TryGetValue(standIn.Name, out var pipeline))
        {
            return pipeline;
        }

        lock (_building)
        {
            return _built.GetOrAdd(standIn.Name, _ => Build(standIn));
        }
    }

    private RequestDelegate Build(IStandIn standIn)
    {
        var prefix = underOwnPath ? "/" + standIn.Name : "";
        var branch = app.New();
        branch.UseRouting();
        branch.UseEndpoints(routes => standIn.Map(routes.MapGroup(prefix), new StandInSite(services, prefix, stopping)));
        return branch.Build();
    }
}
