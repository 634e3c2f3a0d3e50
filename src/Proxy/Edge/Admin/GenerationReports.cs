using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas;

namespace Framegate.Proxy.Edge.Admin;

/// <summary><c>/admin/generations</c> and <c>/admin/media</c>: what all clients have.</summary>
internal static class GenerationReports
{
    /// <summary>Maps them.</summary>
    public static void MapGenerationReports(this RouteGroupBuilder admin)
    {
        admin.MapMethods("/generations", ReadRoutes.Methods, List);
        admin.MapMethods("/generations/{id}", ReadRoutes.Methods, Get);
        admin.MapMethods("/generations/{id}/deliveries", ReadRoutes.Methods, Deliveries);
        admin.MapMethods("/media/{id}", ReadRoutes.Methods, (
            string id, HttpContext context, IMediaCatalogue catalogue, MediaStore media, MediaStills stills, MediaLinks links, PublicAddress address, TimeProvider time) =>
            MediaEndpoints.AnswerAsync(id, null, context, catalogue, media, stills, links, address, time));
    }

    private static async Task<IResult> List(HttpContext context, GenerationArchive generations, GenerationPageWriter writer, GenerationStream stream)
    {
        if (GenerationQuery.Read(context.Request.Query, client: null, out var search) is { } refusal)
        {
            return refusal;
        }

        if (GenerationStream.IsAskedFor(context.Request))
        {
            return await stream.AnswerAsync(context, search!, withClient: true);
        }

        if (await generations.SearchAsync(search!, context.RequestAborted) is not { } page)
        {
            return GenerationQuery.UnknownCursor();
        }

        await writer.WriteAsync(context, page, SchemaVersions.Current, withClient: true);
        return Results.Empty;
    }

    private static async Task<IResult> Get(string id, HttpContext context, GenerationArchive generations, ResponseWriter writer)
    {
        if (await generations.FindAnybodysAsync(id, context.RequestAborted) is not { } state)
        {
            return GenerationEndpoints.Unknown(id);
        }

        await writer.WriteDetailedAsync(context, state, SchemaVersions.Current, withClient: true);
        return Results.Empty;
    }

    private static async Task<IResult> Deliveries(string id, GenerationArchive generations, ICallbackStore callbacks, CancellationToken aborted) =>
        await generations.FindAnybodysAsync(id, aborted) is { } state
            ? await DeliveryEndpoints.AnswerAsync(state.Id, StatusCodes.Status200OK, callbacks, aborted)
            : GenerationEndpoints.Unknown(id);
}
