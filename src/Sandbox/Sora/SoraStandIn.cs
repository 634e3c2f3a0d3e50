using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Sora;

/// <summary>OpenAI's Videos API, as it was until September 2026 and as other vendors still speak it.</summary>
internal sealed class SoraStandIn : IStandIn
{
    public const string ProviderName = "sora";

    public string Name => ProviderName;

    public static string IdOf(HttpContext context) => context.Request.RouteValues["id"]!.ToString()!;

    public void Map(IEndpointRouteBuilder routes, StandInSite site)
    {
        var jobs = new JobStore<SoraJob>(site.Services.Time);
        var envelope = new SoraEnvelope(site.Services);
        var characters = new SoraCharacters(site);
        var orders = new SoraOrders(jobs, characters, site.Services.Time);
        var submit = new SoraSubmit(site, jobs);
        var videos = new SoraVideos(site, jobs);
        var content = new SoraContent(site, jobs);

        var v1 = routes.MapGroup("/v1");
        v1.MapPost("videos", envelope.Wrap(context => submit.HandleAsync(context, orders.Create)));
        v1.MapPost("videos/{id}/remix", envelope.Wrap(context => submit.HandleAsync(context, body => orders.Remix(body, IdOf(context)))));
        v1.MapPost("videos/edits", envelope.Wrap(context => submit.HandleAsync(context, orders.Edit)));
        v1.MapPost("videos/extensions", envelope.Wrap(context => submit.HandleAsync(context, orders.Extend)));
        v1.MapPost("videos/characters", envelope.Wrap(characters.CreateAsync));
        v1.MapGet("videos/characters/{id}", envelope.Wrap(characters.GetAsync));
        v1.MapGet("videos", envelope.Wrap(videos.ListAsync));
        v1.MapGet("videos/{id}", envelope.Wrap(site.Services.BadDay.Polled(jobs, IdOf, videos.GetAsync)));
        v1.MapDelete("videos/{id}", envelope.Wrap(videos.DeleteAsync));
        v1.MapGet("videos/{id}/content", envelope.Wrap(site.Services.BadDay.Fetched(jobs, IdOf, content.HandleAsync)));
        v1.MapGet("models", envelope.Wrap(ModelsAsync));
        v1.MapGet("models/{id}", envelope.Wrap(ModelAsync));
        routes.MapFallback("{**path}", envelope.Wrap(UnknownUrlAsync));
    }

    private static Task ModelsAsync(HttpContext context) =>
        Answer.JsonAsync(context, StatusCodes.Status200OK, new SoraModelList("list", SoraModels.Entries), SoraJson.Default.SoraModelList);

    private static Task ModelAsync(HttpContext context) =>
        SoraModels.Entries.FirstOrDefault(m => m.Id == IdOf(context)) is { } model
            ? Answer.JsonAsync(context, StatusCodes.Status200OK, model, SoraJson.Default.SoraModelEntry)
            : SoraFault.NoModel(IdOf(context)).WriteAsync(context);

    private static Task UnknownUrlAsync(HttpContext context) =>
        new SoraFault(StatusCodes.Status404NotFound, $"Invalid URL ({context.Request.Method} {context.Request.Path})").WriteAsync(context);
}
