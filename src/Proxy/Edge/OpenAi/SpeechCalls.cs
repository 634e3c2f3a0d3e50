using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary><c>POST /v1/audio/speech</c>: begins one generation, waits for it, and answers the sound itself.</summary>
internal sealed class SpeechCalls(
    OpenAiRequestReader reader, OpenAiAdmission admissions, GenerationService generations, GenerationView views, PublicAddress address, MediaStore media, IMediaCatalogue catalogue,
    IOptions<OpenAiOptions> options, TimeProvider time)
{
    /// <summary>Answers one.</summary>
    public async Task RunAsync(HttpContext context)
    {
        var caller = DialectCaller.Of(context, address.Of(context));
        var (body, problem) = caller.Problem is { } wrong ? (null, wrong) : await OpenAiBodyReader.ReadAsync(context.Request, [], context.RequestAborted);
        var (request, refused) = body is null ? (null, problem) : reader.ReadSpeech(body);
        if (request is null)
        {
            await OpenAiErrorWriter.WriteAsync(context, refused!);
            return;
        }

        var admission = await admissions.AdmitAsync(request, caller, context.RequestAborted);
        if (admission.Refusal is { } refusal)
        {
            await OpenAiErrorWriter.WriteAsync(context, refusal, admission.Status);
            return;
        }

        using var turn = admission.Turn;
        var state = admission.State!;
        if (admission.Running is { } running)
        {
            var left = state.Deadline - time.GetUtcNow();
            state = await generations.WaitAsync(running, left < options.Value.ImageTimeout ? left : options.Value.ImageTimeout, context.RequestAborted);
        }

        if (!context.RequestAborted.IsCancellationRequested)
        {
            if (await IsAnsweredAsync(context, request, state, caller))
            {
                turn?.Answered(uncertain: state.Status != GenerationStatus.Success && FailureStatus.HasBegun(state));
            }
        }
    }

    /// <summary>Answers.</summary>
    /// <returns>False when the program stops and the call is left to its repetition.</returns>
    private async Task<bool> IsAnsweredAsync(HttpContext context, DialectRequest request, GenerationState state, DialectCaller caller)
    {
        GenerationHeaders.Write(context, state, time.GetUtcNow());
        OpenAiHeaders.Warn(context, [.. request.Warnings, .. state.Warnings]);
        if (generations.IsStoppingForRepetition && state.Status == GenerationStatus.Processing)
        {
            context.Response.Headers["x-should-retry"] = "true";
            await OpenAiErrorWriter.WriteAsync(context, Failures.Stopping(time.GetUtcNow()), StatusCodes.Status503ServiceUnavailable);
            return false;
        }

        if (state.Status != GenerationStatus.Success || state.Result!.Media is not [var item, ..])
        {
            var error = views.Of(state, caller.BaseUrl).Error ?? Failures.DeadlinePassed(state, time.GetUtcNow());
            await OpenAiErrorWriter.WriteAsync(context, error, error.Code.ToHttpStatus(state.FailedAtProvider || error.Provider is not null), !FailureStatus.HasBegun(state));
            return true;
        }

        if (await catalogue.FindAsync(item.Id, context.RequestAborted) is not { } stored || !await media.IsWholeAsync(stored.Id, stored.Bytes, stored.Sha256, context.RequestAborted))
        {
            await OpenAiErrorWriter.WriteAsync(
                context, new OpenAiError("The sound was made, and has been deleted from the media store since.", "invalid_request_error", null, "expired"), StatusCodes.Status410Gone);
            return true;
        }

        OpenAiHeaders.Stamp(context);
        await MediaAnswer.Of(media, stored, SafeMedia.Stored(context.Response.Headers, stored.ContentType), ranges: false).ExecuteAsync(context);
        return true;
    }
}
