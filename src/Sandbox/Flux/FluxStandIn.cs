using Framegate.Sandbox.Core;
using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Flux;

/// <summary>Black Forest Labs' API.</summary>
/// <remarks>Every cluster is a path of its own (<c>/eu2/v1/...</c>), as it is a host of its own there; without one, a submit may land anywhere.</remarks>
internal sealed class FluxStandIn : IStandIn
{
    public const string ProviderName = "flux";

    public string Name => ProviderName;

    public void Map(IEndpointRouteBuilder routes, StandInSite site)
    {
        var jobs = new JobStore<FluxJob>(site.Services.Time);
        var key = new FluxKey(site.Services.Options);
        var submit = new FluxSubmit(site, jobs);
        var poll = new FluxPoll(site, jobs);
        var account = new FluxAccount(site);
        var delivery = new FluxDelivery(site, jobs);
        foreach (var region in FluxRegions.All.Prepend(null))
        {
            var v1 = routes.MapGroup(region is null ? "/v1" : $"/{region}/v1");
            foreach (var model in FluxModels.All)
            {
                v1.MapPost(model.Name, key.Guard(context => submit.HandleAsync(context, model, region)));
            }

            v1.MapGet("get_result", site.Services.BadDay.Polled(jobs, context => context.Request.Query["id"], context => poll.HandleAsync(context, region)));
            v1.MapGet("credits", key.Guard(FluxAccount.CreditsAsync));
            v1.MapGet("my_finetunes", key.Guard(FluxAccount.FinetunesAsync));
            v1.MapGet("finetune_details", key.Guard(FluxAccount.FinetuneDetailsAsync));
            v1.MapPost("delete_finetune", key.Guard(account.DeleteFinetuneAsync));
        }

        routes.MapMethods(FluxDelivery.Route, [HttpMethods.Get, HttpMethods.Head], site.Services.BadDay.Fetched(jobs, context => context.Request.RouteValues["id"]?.ToString(), delivery.HandleAsync));
        routes.MapFallback("{**path}", FastApiAnswer.NotFoundAsync);
    }
}
