using System.Globalization;
using System.Text.Json;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary><c>/v1/responses</c>: a text, or by the image tool a picture, as one generation that is waited for, streamed, or looked up later.</summary>
internal sealed class ResponseCalls(
    ResponseReader reader, OneGeneration one, OpenAiAdmission admissions, ResponseItems items, GenerationService generations, PublicAddress address, ResponseBody body, ResponseEvents events,
    IOptions<OpenAiOptions> options, TimeProvider time)
{
    /// <summary><c>POST /v1/responses</c>.</summary>
    public async Task RunAsync(HttpContext context)
    {
        var caller = DialectCaller.Of(context, address.Of(context));
        var (given, problem) = caller.Problem is { } wrong ? (null, wrong) : await OpenAiBodyReader.ReadAsync(context.Request, [], context.RequestAborted);
        var (call, refused) = given is null ? (null, problem) : reader.Read(given, await items.FindAsync(given, caller.Client, context.RequestAborted));
        await (call is null ? OpenAiErrorWriter.WriteAsync(context, refused!)
            : call.Stream || call.Facts.InBackground ? BeginAsync(context, call, caller)
            : one.RunAsync(context, call.Request, caller, (state, answering) => WriteAsync(context, call.Facts, state, answering)));
    }

    /// <summary><c>GET /v1/responses/{id}</c>: how it stands, or with <c>stream=true</c> its events, those after <c>starting_after</c> alone.</summary>
    public async Task GetAsync(string id, string? stream, string? startingAfter, HttpContext context)
    {
        if (await FindAsync(id, context) is not var (facts, state, running))
        {
            return;
        }

        var after = -1;
        if (stream is not (null or "true" or "false"))
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("stream", "It must be true or false.", OpenAiErrors.InvalidType));
        }
        else if (startingAfter is not null && !int.TryParse(startingAfter, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("starting_after", "It must be the number of an event.", OpenAiErrors.InvalidType));
        }
        else if (stream is "true")
        {
            await events.WriteAsync(context, facts, state, running, WaitAsync(facts, state, running, context.RequestAborted), after);
        }
        else
        {
            await WriteAsync(context, facts, state);
        }
    }

    /// <summary><c>POST /v1/responses/{id}/cancel</c>: ends what still runs.</summary>
    public async Task CancelAsync(string id, HttpContext context)
    {
        if (await FindAsync(id, context) is var (facts, state, running))
        {
            await WriteAsync(context, facts, running is not null && state.IsOpen ? await generations.CancelAsync(running, context.RequestAborted) : state);
        }
    }

    /// <summary><c>DELETE /v1/responses/{id}</c>: ends it first, where it still runs.</summary>
    public async Task DeleteAsync(string id, HttpContext context)
    {
        if (await FindAsync(id, context) is not var (_, state, running))
        {
            return;
        }

        await generations.HideAsync(state.Id, CancellationToken.None);
        if (running is not null && state.IsOpen)
        {
            await generations.CancelAsync(running, context.RequestAborted);
        }

        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.BodyWriter, new DeletedResponse(ResponseBody.IdOf(state), "response", true), OpenAiJson.Default.DeletedResponse, context.RequestAborted);
    }

    /// <summary>Begins one that is streamed, or looked up later.</summary>
    private async Task BeginAsync(HttpContext context, ResponseCall call, DialectCaller caller)
    {
        var admission = await admissions.AdmitAsync(call.Request, caller, context.RequestAborted);
        if (admission.Refusal is { } refusal)
        {
            await OpenAiErrorWriter.WriteAsync(context, refusal, admission.Status);
            return;
        }

        // What has not been answered by now is left to the caller's repetition.
        using var turn = admission.Turn;
        var state = admission.State!;
        OpenAiHeaders.Warn(context, [.. call.Request.Warnings, .. state.Warnings]);
        if (!call.Stream)
        {
            await WriteAsync(context, call.Facts, state, turn is null ? null : () => turn.Answering());
            turn?.Answered();
        }
        else if (await events.WriteAsync(context, call.Facts, state, admission.Running, WaitAsync(call.Facts, state, admission.Running, context.RequestAborted), -1, turn is null ? null : () => turn.Answering()) is { } shown)
        {
            turn?.Answered(uncertain: shown.Status != GenerationStatus.Success && FailureStatus.HasBegun(shown));
        }
    }

    private async Task WriteAsync(HttpContext context, ResponseFacts facts, GenerationState state, Action? answering = null)
    {
        var status = ResponseBody.StatusOf(state);
        if (ResponseBody.HasResult(status) && !await body.IsThereAsync(facts, state, context.RequestAborted))
        {
            answering?.Invoke();
            await OpenAiErrorWriter.WriteAsync(context, ImageAnswer.Expired, StatusCodes.Status410Gone);
            return;
        }

        GenerationHeaders.Write(context, state, time.GetUtcNow());
        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        await body.PutAsync(context.Response.BodyWriter, facts, state, status, null, context.RequestAborted);
        answering?.Invoke();
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>A response of the caller.</summary>
    /// <returns>Null when there is none; that has been answered then.</returns>
    private async Task<(ResponseFacts Facts, GenerationState State, Generation? Running)?> FindAsync(string id, HttpContext context)
    {
        if (id.StartsWith("resp_", StringComparison.Ordinal) && await items.FindAsync(id["resp_".Length..], Client.Of(context), context.RequestAborted) is { Facts.Store: true } found)
        {
            return found;
        }

        await OpenAiErrorWriter.WriteAsync(
            context, new OpenAiError($"Response with id '{OpenAiFields.Shown(id)}' not found.", "invalid_request_error", null, null), StatusCodes.Status404NotFound);
        return null;
    }

    /// <summary>Waits for the end; for one that is made in the background longer than its deadline, since a late result is kept.</summary>
    private Task<GenerationState> WaitAsync(ResponseFacts facts, GenerationState state, Generation? running, CancellationToken aborted)
    {
        var left = state.Deadline - time.GetUtcNow();
        var most = facts.InBackground || left > options.Value.ImageTimeout ? options.Value.ImageTimeout : left;
        return running is null ? Task.FromResult(state) : generations.WaitAsync(running, most, aborted);
    }
}
