using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Pika;

/// <summary>Pika as fal serves it: the queue, the synchronous call, the price list and the files, which are hosts of their own there.</summary>
internal sealed class PikaStandIn : IStandIn
{
    public const string ProviderName = "pika";

    private const string Request = PikaEndpoint.Application + "/requests/{id}";

    public string Name => ProviderName;

    public void Map(IEndpointRouteBuilder routes, StandInSite site)
    {
        var jobs = new JobStore<PikaJob>(site.Services.Time);
        var key = new PikaKey(site.Services.Options);
        var requests = new PikaRequests(site, jobs);
        var bad = site.Services.BadDay;
        var submit = new PikaSubmit(site, jobs, requests);
        foreach (var endpoint in PikaEndpoints.All)
        {
            routes.MapPost(endpoint.Id, key.Guard(context => submit.QueueAsync(context, endpoint)));
            routes.MapPost("run/" + endpoint.Id, key.Guard(context => submit.RunAsync(context, endpoint)));
        }

        routes.MapGet(Request, key.Guard(bad.Polled(jobs, IdOf, requests.ResultAsync)));
        routes.MapGet(Request + "/status", key.Guard(bad.Polled(jobs, IdOf, requests.StatusAsync)));
        routes.MapGet(Request + "/status/stream", key.Guard(new PikaStream(site, requests).HandleAsync));
        routes.MapPut(Request + "/cancel", key.Guard(requests.CancelAsync));
        routes.MapGet("v1/models/pricing", key.GuardPlatform(PricesAsync));
        routes.MapGet("v1/models/requests/by-endpoint", key.GuardPlatform(new PikaHistory(site, jobs).ListAsync));
        routes.MapMethods("files/b/{shard}/{id}_output.mp4", [HttpMethods.Get, HttpMethods.Head], bad.Fetched(jobs, IdOf, requests.FileAsync));
        routes.MapFallback("{**path}", key.Guard(PikaAnswer.NoApplicationAsync));
    }

    private static string? IdOf(HttpContext context) => context.Request.RouteValues["id"]?.ToString();

    /// <summary>Repeated or comma-separated <c>endpoint_id</c>; all when none is named.</summary>
    private static Task PricesAsync(HttpContext context)
    {
        var ids = context.Request.Query["endpoint_id"].SelectMany(v => (v ?? "").Split(',')).ToList();
        var prices = PikaEndpoints.All.Where(e => ids.Count == 0 || ids.Contains(e.Id)).Select(e => new PikaPrice(e.Id, e.UnitPrice, e.Unit, "USD"));
        return Answer.JsonAsync(context, StatusCodes.Status200OK, new PikaPrices([.. prices], false), PikaJson.Default.PikaPrices);
    }
}
