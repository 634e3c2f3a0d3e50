using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Media;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>The OpenAI dialect: <c>/v1</c>.</summary>
internal static class OpenAiEndpoints
{
    /// <summary>Its services.</summary>
    public static IServiceCollection AddOpenAi(this IServiceCollection services) => services
        .AddSection<OpenAiOptions>(OpenAiOptions.Section)
        .AddSingleton<IValidateOptions<OpenAiOptions>, OpenAiOptionsValidator>()
        .AddSingleton<OpenAiRequestReader>()
        .AddSingleton<OpenAiAdmission>()
        .AddSingleton<ImageAnswer>()
        .AddSingleton<ImageEvents>()
        .AddSingleton<ImageCalls>()
        .AddSingleton<VideoJobs>()
        .AddSingleton<VideoList>()
        .AddSingleton<VideoCalls>()
        .AddSingleton<OneGeneration>()
        .AddSingleton<SpeechCalls>()
        .AddSingleton<ResponseReader>()
        .AddSingleton<ResponseItems>()
        .AddSingleton<ResponseBody>()
        .AddSingleton<ResponseEvents>()
        .AddSingleton<ResponseCalls>()
        .AddSingleton<ChatReader>()
        .AddSingleton<ChatBody>()
        .AddSingleton<ChatCalls>()
        .AddSingleton<OpenAiModels>();

    /// <summary>Maps it.</summary>
    public static void MapOpenAi(this IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").WithMetadata(new OpenAiErrorShape());
        v1.MapPost("/images/generations", (HttpContext context, ImageCalls images) => images.RunAsync(context, edit: false));
        v1.MapPost("/images/edits", (HttpContext context, ImageCalls images) => images.RunAsync(context, edit: true));
        v1.MapMethods("/images/generations/{id}", ReadRoutes.Methods, (string id, string? response_format, HttpContext context, ImageCalls images) => images.FindAsync(id, response_format, context));
        v1.MapDelete("/images/generations/{id}", (string id, HttpContext context, ImageCalls images) => images.CancelAsync(id, context));
        v1.MapPost("/audio/speech", (HttpContext context, SpeechCalls speech) => speech.RunAsync(context));
        v1.MapPost("/responses", (HttpContext context, ResponseCalls responses) => responses.RunAsync(context));
        v1.MapMethods("/responses/{id}", ReadRoutes.Methods, (string id, string? stream, string? starting_after, HttpContext context, ResponseCalls responses) => responses.GetAsync(id, stream, starting_after, context));
        v1.MapDelete("/responses/{id}", (string id, HttpContext context, ResponseCalls responses) => responses.DeleteAsync(id, context));
        v1.MapPost("/responses/{id}/cancel", (string id, HttpContext context, ResponseCalls responses) => responses.CancelAsync(id, context));
        v1.MapPost("/chat/completions", (HttpContext context, ChatCalls chat) => chat.RunAsync(context));
        v1.MapPost("/videos", (HttpContext context, VideoCalls videos) => videos.CreateAsync(context));
        v1.MapPost("/videos/edits", (HttpContext context, VideoCalls videos) => videos.ChangeAsync(context, DialectCall.Edit));
        v1.MapPost("/videos/extensions", (HttpContext context, VideoCalls videos) => videos.ChangeAsync(context, DialectCall.Extend));
        v1.MapMethods("/videos", ReadRoutes.Methods, (HttpContext context, VideoList videos, string? limit, string? order, string? after) => videos.WriteAsync(context, limit, order, after));
        v1.MapMethods("/videos/{id}", ReadRoutes.Methods, (string id, HttpContext context, VideoCalls videos) => videos.GetAsync(id, context));
        v1.MapDelete("/videos/{id}", (string id, HttpContext context, VideoCalls videos) => videos.DeleteAsync(id, context));
        v1.MapMethods("/videos/{id}/content", ReadRoutes.Methods, (string id, string? variant, HttpContext context, VideoCalls videos, IMediaCatalogue catalogue) =>
            videos.ContentAsync(id, variant, context, catalogue));
        v1.MapPost("/videos/{id}/remix", (string id, HttpContext context, VideoCalls videos) => videos.RemixAsync(id, context));
        v1.MapMethods("/models", ReadRoutes.Methods, (HttpContext context, OpenAiModels models) => models.ListAsync(context));
        v1.MapMethods("/models/{**id}", ReadRoutes.Methods, (string id, HttpContext context, OpenAiModels models) => models.GetAsync(id, context));

        // ComfyUI's nodes, which know another prefix.
        var comfy = routes.MapGroup(OpenAiErrorShape.ComfyUi).WithMetadata(new OpenAiErrorShape());
        comfy.MapPost("/images/generations", (HttpContext context, ImageCalls images) => images.RunAsync(context, edit: false));
        comfy.MapPost("/images/edits", (HttpContext context, ImageCalls images) => images.RunAsync(context, edit: true));
        comfy.MapPost("/v1/responses", (HttpContext context, ResponseCalls responses) => responses.RunAsync(context));
        comfy.MapMethods("/v1/responses/{id}", ReadRoutes.Methods, (string id, string? stream, string? starting_after, HttpContext context, ResponseCalls responses) => responses.GetAsync(id, stream, starting_after, context));
        var known = new KnownMethods(routes, "/v1/");
        v1.Map("/{**rest}", (HttpContext context) => NothingAsync(context, known.Of(context.Request.Path)));
    }

    /// <summary>What is asked of no route, or by no method of one. OPTIONS is answered with the methods there are (RFC 9110, section 9.3.7).</summary>
    private static Task NothingAsync(HttpContext context, IReadOnlyList<string> methods)
    {
        var url = $"{context.Request.Method} {OpenAiFields.Shown(context.Request.Path)}";
        if (methods.Count == 0 || OtherCalls.IsNone(context.Request.Path))
        {
            var instead = OtherCalls.Instead(context.Request.Path);
            return OpenAiErrorWriter.WriteAsync(
                context, new OpenAiError($"Unknown request URL: {url}.{(instead is null ? "" : " " + instead)}", "invalid_request_error", null, "unknown_url"), StatusCodes.Status404NotFound);
        }

        var allowed = string.Join(", ", [.. methods, HttpMethods.Options]);
        context.Response.Headers.Allow = allowed;
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return OpenAiErrorWriter.WriteAsync(
            context, new OpenAiError($"Not allowed: {url}; there is {allowed}.", "invalid_request_error", null, "method_not_supported"), StatusCodes.Status405MethodNotAllowed);
    }
}
