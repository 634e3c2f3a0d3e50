using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Runway;

/// <summary>Runway's developer API.</summary>
internal sealed class RunwayStandIn : IStandIn
{
    public const string ProviderName = "runway";

    public string Name => ProviderName;

    public void Map(IEndpointRouteBuilder routes, StandInSite site)
    {
        var jobs = new JobStore<RunwayJob>(site.Services.Time);
        var envelope = new RunwayEnvelope(site.Services.Options);
        var account = new RunwayAccount(site.Services.Options);
        var uploads = new RunwayUploads(site);
        var submit = new RunwaySubmit(site, jobs, account, new RunwaySchema(new RunwayAssets(uploads)));
        var tasks = new RunwayTasks(site, jobs);

        var v1 = routes.MapGroup("v1");
        foreach (var endpoint in RunwayEndpoint.All)
        {
            v1.MapPost(endpoint.Path, envelope.Wrap(context => submit.HandleAsync(context, endpoint)));
            v1.Map(endpoint.Path, envelope.Wrap(RunwayFault.WrongMethod.WriteAsync));
        }

        v1.MapGet("tasks/{id}", envelope.Wrap(site.Services.BadDay.Polled(jobs, IdOf, tasks.GetAsync)));
        v1.MapDelete("tasks/{id}", envelope.Wrap(tasks.DeleteAsync));
        v1.MapGet("organization", envelope.Wrap(account.HandleAsync));
        v1.MapPost("uploads", envelope.Wrap(uploads.BeginAsync));
        routes.MapPost(RunwayUploads.Route, uploads.StoreAsync);
        routes.MapMethods(RunwayTasks.FileRoute, [HttpMethods.Get, HttpMethods.Head], site.Services.BadDay.Fetched(jobs, IdOf, tasks.FileAsync));
        routes.MapFallback("{**path}", envelope.Wrap(RunwayFault.NotFound.WriteAsync));
    }

    private static string? IdOf(HttpContext context) => context.Request.RouteValues["id"]?.ToString();
}
