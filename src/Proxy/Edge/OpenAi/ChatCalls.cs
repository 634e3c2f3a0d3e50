using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>
/// <c>POST /v1/chat/completions</c>: a text or a picture as one generation, for apps that know no other call. Nothing is kept between two calls: each has the whole talk in it.
/// </summary>
internal sealed class ChatCalls(
    ChatReader reader, OneGeneration one, OpenAiAdmission admissions, GenerationService generations, GenerationView views, PublicAddress address, ChatBody body,
    IOptions<OpenAiOptions> options, TimeProvider time)
{
    /// <summary>Answers one.</summary>
    public async Task RunAsync(HttpContext context)
    {
        var caller = DialectCaller.Of(context, address.Of(context));
        var (given, problem) = caller.Problem is { } wrong ? (null, wrong) : await OpenAiBodyReader.ReadAsync(context.Request, [], context.RequestAborted);
        var (call, refused) = given is null ? (null, problem) : reader.Read(given);
        await (call is null ? OpenAiErrorWriter.WriteAsync(context, refused!)
            : call.Stream ? StreamAsync(context, call, caller)
            : one.RunAsync(context, call.Request, caller, (state, answering) => WriteAsync(context, call, state, caller.BaseUrl, answering)));
    }

    private async Task WriteAsync(HttpContext context, ChatCall call, GenerationState state, string baseUrl, Action answering)
    {
        if (!await body.IsThereAsync(state, context.RequestAborted))
        {
            answering();
            await OpenAiErrorWriter.WriteAsync(context, ImageAnswer.Expired, StatusCodes.Status410Gone);
            return;
        }

        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        await body.PutWholeAsync(context.Response.BodyWriter, call, state, baseUrl, context.RequestAborted);
        answering();
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Answers as chunks: the role at once, signs of life while it is made, then all of it in one piece.</summary>
    private async Task StreamAsync(HttpContext context, ChatCall call, DialectCaller caller)
    {
        var aborted = context.RequestAborted;
        var admission = await admissions.AdmitAsync(call.Request, caller, aborted);
        if (admission.Refusal is { } refusal)
        {
            await OpenAiErrorWriter.WriteAsync(context, refusal, admission.Status);
            return;
        }

        // What has not been answered by now is left to the caller's repetition.
        using var turn = admission.Turn;
        var (state, output) = (admission.State!, context.Response.BodyWriter);
        OpenAiHeaders.Warn(context, [.. call.Request.Warnings, .. state.Warnings]);
        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
        ChatBody.PutRole(output, call, state);
        await output.FlushAsync(aborted);

        var ended = WaitAsync(state, admission.Running, aborted);
        while (!await Previews.AnyAsync([ended], options.Value.KeepAlive, time, aborted) && !aborted.IsCancellationRequested)
        {
            ImageAnswer.Put(output, ": still at work\n\n");
            await output.FlushAsync(aborted);
        }

        if (aborted.IsCancellationRequested)
        {
            return;
        }

        state = await ended;
        if (state.Status == GenerationStatus.Success && await body.IsThereAsync(state, aborted))
        {
            await body.PutRestAsync(output, call, state, caller.BaseUrl, aborted);
        }
        else
        {
            WriteError(output, call, state);
        }

        turn?.Answering();
        await output.FlushAsync(aborted);
        turn?.Answered(uncertain: state.Status != GenerationStatus.Success && FailureStatus.HasBegun(state));
    }

    private async Task<GenerationState> WaitAsync(GenerationState state, Generation? running, CancellationToken aborted)
    {
        var left = state.Deadline - time.GetUtcNow();
        return running is null ? state : await generations.WaitAsync(running, left < options.Value.ImageTimeout ? left : options.Value.ImageTimeout, aborted);
    }

    /// <summary>The status was sent long ago: what went wrong is an event, which clients throw.</summary>
    private void WriteError(PipeWriter output, ChatCall call, GenerationState state)
    {
        var error = state.Status == GenerationStatus.Success ? ImageAnswer.Expired : null;
        if (error is null)
        {
            var why = views.Of(state, "").Error ?? (generations.IsStoppingForRepetition ? Failures.Stopping(time.GetUtcNow()) : Failures.DeadlinePassed(state, time.GetUtcNow()));
            error = OpenAiErrors.Of(why, why.Code.ToHttpStatus(state.FailedAtProvider), call.Request.Call).Error;
        }

        ImageAnswer.Put(output, "data: ");
        output.Write(JsonSerializer.SerializeToUtf8Bytes(new OpenAiErrorBody(error), OpenAiJson.Default.OpenAiErrorBody));
        ImageAnswer.Put(output, "\n\n");
    }
}
