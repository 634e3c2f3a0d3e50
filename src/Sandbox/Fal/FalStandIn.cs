using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;

namespace Framegate.Sandbox.Fal;

/// <summary>fal: the queue, the synchronous call, the price list and the files, which are hosts of their own there.</summary>
/// <param name="name">The provider.</param>
/// <param name="catalogue">Its endpoints.</param>
/// <param name="pendingStatus">What a status call answers until the end: 200 by the documents, 202 as clients have seen.</param>
internal sealed class FalStandIn(string name, FalCatalogue catalogue, int pendingStatus) : IStandIn
{
    private const string Request = "{owner}/{alias}/requests/{id}";

    public string Name => name;

    public void Map(IEndpointRouteBuilder routes, StandInSite site)
    {
        var jobs = new JobStore<FalJob>(site.Services.Time);
        var key = new FalKey(site.Services.Options, name);
        var requests = new FalRequests(site, jobs, pendingStatus);
        var bad = site.Services.BadDay;
        var submit = new FalSubmit(site, name, jobs, requests);
        routes.MapGet(".well-known/jwks.json", () => Results.Text(FalSignature.Keys, "application/json"));
        routes.MapPost("fal.run/{owner}/{alias}/{**path}", key.Guard(context => With(context, submit.RunAsync)));
        new FalUploads(site).Map(routes, key);
        routes.MapPost("{owner}/{alias}/{**path}", key.Guard(context => With(context, submit.QueueAsync)));
        routes.MapPost("run/{owner}/{alias}/{**path}", key.Guard(context => With(context, submit.RunAsync)));
        foreach (var space in (string[])["", "workflows/", "comfy/"])
        {
            routes.MapGet(space + Request, key.Guard(bad.Polled(jobs, IdOf, requests.ResultAsync)));
            routes.MapGet(space + Request + "/status", key.Guard(bad.Polled(jobs, IdOf, requests.StatusAsync)));
            routes.MapGet(space + Request + "/status/stream", key.Guard(new FalStream(site, requests).HandleAsync));
            routes.MapPut(space + Request + "/cancel", key.Guard(requests.CancelAsync));
        }

        routes.MapGet("v1/models/pricing", key.GuardPlatform(PricesAsync));
        routes.MapGet("v1/models/billing-events", key.GuardPlatform(context => BillsAsync(context, jobs, site.Services.Time.GetUtcNow())));
        routes.MapGet("v1/models/requests/by-endpoint", key.GuardPlatform(new FalHistory(site, jobs, requests).ListAsync));
        routes.MapMethods("files/b/{shard}/{id}_{name}", [HttpMethods.Get, HttpMethods.Head], bad.Fetched(jobs, IdOf, requests.FileAsync));
        routes.MapFallback("{**path}", key.Guard(FalAnswer.NoApplicationAsync));
    }

    private static string? IdOf(HttpContext context) => context.Request.RouteValues["id"]?.ToString();

    /// <summary>Finds the endpoint whose id the path is.</summary>
    private Task With(HttpContext context, Func<HttpContext, FalEndpoint, Task> handle)
    {
        var values = context.Request.RouteValues;
        var id = $"{values["owner"]}/{values["alias"]}/{values["path"]}".TrimEnd('/');
        return catalogue.Find(id) is { } endpoint ? handle(context, endpoint)
            : catalogue.IsOpen ? FalAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, $"Application '{values["alias"]}' not found")
            : FalAnswer.NoApplicationAsync(context);
    }

    /// <summary>Repeated or comma-separated <c>endpoint_id</c>; all when none is named.</summary>
    private Task PricesAsync(HttpContext context)
    {
        var ids = context.Request.Query["endpoint_id"].SelectMany(v => (v ?? "").Split(',')).ToList();
        var endpoints = ids.Count == 0 ? catalogue.Listed : ids.Select(catalogue.Find).OfType<FalEndpoint>();
        return Answer.JsonAsync(
            context, StatusCodes.Status200OK, new FalPrices([.. endpoints.Select(e => new FalPrice(e.Id, e.UnitPrice, e.Unit, "USD"))], false), FalJson.Default.FalPrices);
    }

    /// <summary>What ended requests cost.</summary>
    private static Task BillsAsync(HttpContext context, JobStore<FalJob> jobs, DateTimeOffset now)
    {
        var bills = new JsonArray();
        foreach (var id in context.Request.Query["request_id"].SelectMany(v => (v ?? "").Split(',')))
        {
            if (jobs.TryGet(id, out var job) && job.Timeline.SucceededBy(now) && job.FailureAt(now) is null)
            {
                var units = job.Endpoint.Unit switch { "second" => job.Pieces[0].Seconds, "1000 characters" => job.Prompt.Length / 1000.0, _ => job.Pieces.Count };
                var cost = units * job.Endpoint.UnitPrice;
                bills.Add((JsonNode)new JsonObject
                {
                    ["request_id"] = id, ["endpoint_id"] = job.Endpoint.Id, ["timestamp"] = job.Timeline.DoneAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
                    ["output_units"] = units,
                    ["unit_price"] = job.Endpoint.UnitPrice, ["percent_discount"] = 0, ["cost_subtotal"] = cost, ["cost_discount"] = 0, ["cost_total"] = cost,
                    ["cost_estimate_nano_usd"] = (long)Math.Round(cost * 1e9),
                });
            }
        }

        return Reply.Ok(new JsonObject { ["billing_events"] = bills, ["next_cursor"] = null, ["has_more"] = false }).WriteAsync(context);
    }
}
