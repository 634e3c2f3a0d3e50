using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary><c>POST /v1/audio/speech</c>: one generation, answered with the sound itself.</summary>
internal sealed class SpeechCalls(OpenAiRequestReader reader, OneGeneration one, PublicAddress address, MediaStore media, IMediaCatalogue catalogue)
{
    /// <summary>Answers one.</summary>
    public async Task RunAsync(HttpContext context)
    {
        var caller = DialectCaller.Of(context, address.Of(context));
        var (body, problem) = caller.Problem is { } wrong ? (null, wrong) : await OpenAiBodyReader.ReadAsync(context.Request, [], context.RequestAborted);
        var (request, refused) = body is null ? (null, problem) : reader.ReadSpeech(body);
        await (request is null ? OpenAiErrorWriter.WriteAsync(context, refused!) : one.RunAsync(context, request, caller, (state, _) => AnswerAsync(context, state)));
    }

    private async Task AnswerAsync(HttpContext context, GenerationState state)
    {
        if (state.Result!.Media is not [var item, ..] || await catalogue.FindAsync(item.Id, context.RequestAborted) is not { } stored
            || !await media.IsWholeAsync(stored.Id, stored.Bytes, stored.Sha256, context.RequestAborted))
        {
            await OpenAiErrorWriter.WriteAsync(
                context, new OpenAiError("The sound was made, and has been deleted from the media store since.", "invalid_request_error", null, "expired"), StatusCodes.Status410Gone);
            return;
        }

        OpenAiHeaders.Stamp(context);
        await MediaAnswer.Of(media, stored, SafeMedia.Stored(context.Response.Headers, stored.ContentType), ranges: false).ExecuteAsync(context);
    }
}
