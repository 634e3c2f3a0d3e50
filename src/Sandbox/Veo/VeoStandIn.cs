using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Veo;

/// <summary>Google's Veo in both dialects: the Gemini Developer API and Vertex AI, with the token endpoint and the storage that Vertex needs.</summary>
internal sealed class VeoStandIn : IStandIn
{
    public const string ProviderName = "veo";

    private const string Project = "projects/{project}/locations/{location}/";

    private const string Publisher = "publishers/google/models/";

    public string Name => ProviderName;

    public static string Route(HttpContext context, string name) => context.Request.RouteValues[name]?.ToString() ?? "";

    public void Map(IEndpointRouteBuilder routes, StandInSite site)
    {
        var jobs = new JobStore<VeoJob>(site.Services.Time);
        var tokens = new VeoTokens(site.Services.Time);
        var keys = new VeoKeys(site.Services.Options, tokens);
        foreach (var version in new[] { "v1beta", "v1" })
        {
            MapGemini(routes.MapGroup(version), new VeoGemini(site, jobs, version), keys);
        }

        foreach (var version in new[] { "v1beta1", "v1" })
        {
            MapVertex(routes.MapGroup(version), new VeoVertex(site, jobs), keys);
        }

        routes.MapPost("token", tokens.HandleAsync);
        routes.MapGet("storage/v1/b/{bucket}/o/{**object}", keys.WithToken(new VeoBucket(site, jobs).HandleAsync));
        routes.MapFallback("{**path}", NothingHereAsync);
    }

    private static void MapGemini(RouteGroupBuilder api, VeoGemini gemini, VeoKeys keys)
    {
        api.MapPost("models/{model}:predictLongRunning", keys.WithKey(gemini.SubmitAsync));
        api.MapGet("models/{model}/operations/{id}", keys.WithKey(gemini.PollAsync));
        api.MapGet("files/{**file}", keys.WithKey(gemini.DownloadAsync));
        api.MapGet("models", keys.WithKey(VeoGemini.ModelsAsync));
        api.MapGet("models/{model}", keys.WithKey(gemini.ModelAsync));
    }

    private static void MapVertex(RouteGroupBuilder api, VeoVertex vertex, VeoKeys keys)
    {
        api.MapPost(Project + Publisher + "{model}:predictLongRunning", keys.WithToken(vertex.SubmitAsync));
        api.MapPost(Project + Publisher + "{model}:fetchPredictOperation", keys.WithToken(vertex.FetchAsync));
        api.MapGet(Project + Publisher + "{model}", keys.WithToken(VeoVertex.ModelAsync));
        api.MapPost(Publisher + "{model}:predictLongRunning", keys.WithEither(vertex.SubmitAsync));
        api.MapPost(Publisher + "{model}:fetchPredictOperation", keys.WithEither(vertex.FetchAsync));
        api.MapGet(Publisher + "{model}", keys.WithEither(VeoVertex.ModelAsync));
    }

    private static Task NothingHereAsync(HttpContext context) =>
        VeoFault.NotFound($"The requested URL {context.Request.Path} was not found on this server.").WriteAsync(context);
}
