using System.Buffers;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary><c>POST /v1/images/generations</c> and <c>/v1/images/edits</c>: begins the generations, waits for them, and answers.</summary>
internal sealed class ImageCalls(
    OpenAiRequestReader reader, OpenAiAdmission admissions, GenerationService generations, ImageAnswer answer, ImageEvents events, GenerationView views, PublicAddress address,
    ModelCatalogue catalogue, IBudgetLedger budgets,
    IOptions<OpenAiOptions> options, TimeProvider time)
{
    /// <summary>Stands between the ids of a job that is several generations.</summary>
    private const char Separator = '.';

    private static readonly string[] s_masks = ["mask"];

    /// <summary>Answers one.</summary>
    public async Task RunAsync(HttpContext context, bool edit)
    {
        var caller = DialectCaller.Of(context, address.Of(context));
        var (body, problem) = caller.Problem is { } wrong ? (null, wrong) : await OpenAiBodyReader.ReadAsync(context.Request, s_masks, context.RequestAborted);
        var (call, refused) = body is null ? (null, problem) : reader.ReadImage(body, edit);
        if (call is null)
        {
            await OpenAiErrorWriter.WriteAsync(context, refused!);
            return;
        }

        var started = new List<StartedImage>(call.Request.N);
        try
        {
            var refusal = await StartAsync(call, caller, started, context.RequestAborted);
            if (started.Count == 0)
            {
                await OpenAiErrorWriter.WriteAsync(context, refusal!.Refusal!, refusal.Status, request: call.Request);
                return;
            }

            // What a stream, or a job's own address, has no place for: how many are missing from the start.
            IEnumerable<string> missing = refusal?.Refusal is { } rest ? [$"{started.Count} of {call.Request.N} images were begun: {rest.Message}"] : [];
            OpenAiHeaders.Warn(context, [.. call.Request.Warnings, .. missing, .. started.SelectMany(s => s.State.Warnings).Distinct()]);
            if (call.InBackground || Preference.Read(context.Request.Headers["Prefer"]).RespondAsync)
            {
                context.Response.Headers["Preference-Applied"] = "respond-async";
                started.ForEach(s => s.Turn?.Answering());
                await WriteJobAsync(context, [.. started.Select(s => s.State)]);
                started.ForEach(s => s.Turn?.Answered());
                return;
            }

            if (call.Stream)
            {
                await events.WriteAsync(context, call, started, s => WaitAsync(s, context.RequestAborted));
                return;
            }

            var ended = await HeldAsync(context, Task.WhenAll(started.Select(s => WaitAsync(s, context.RequestAborted))));
            if (!context.RequestAborted.IsCancellationRequested)
            {
                await AnswerAsync(context, call, started, ended, refusal, caller);
            }
        }
        finally
        {
            // What has not been answered by now is left to the caller's repetition.
            started.ForEach(s => s.Turn?.Dispose());
        }
    }

    /// <summary><c>GET /v1/images/generations/{id}</c>: the job, or the images once they are made.</summary>
    public async Task FindAsync(string id, string? format, HttpContext context)
    {
        if (await FindAllAsync(id, context) is not { } found)
        {
            return;
        }

        List<GenerationState> states = [.. found.Select(f => f.State)];
        if (format is not (null or "b64_json" or "url"))
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("response_format", "It is not supported.", allowed: ["b64_json", "url"]));
            return;
        }

        if (states.Exists(static s => s.Status == GenerationStatus.Processing) || states.TrueForAll(static s => s.Status != GenerationStatus.Success))
        {
            await WriteJobAsync(context, states);
            return;
        }

        GenerationHeaders.Write(context, states[0], time.GetUtcNow());
        OpenAiHeaders.Warn(
            context,
            [.. states.Where(static s => s.Status != GenerationStatus.Success).Select(s => $"{states.Count(static o => o.Status == GenerationStatus.Success)} of {states.Count} images were made: {s.Error?.Message}"), .. states.SelectMany(s => s.Warnings).Distinct()]);
        await answer.WriteAsync(
            context,
            format is "url",
            "auto",
            "opaque",
            [.. states.Where(static s => s.Status == GenerationStatus.Success).SelectMany(s => s.Result!.Media)],
            ImageUsage.Of(TokenCount.Of(states)),
            address.Of(context));
    }

    /// <summary><c>DELETE /v1/images/generations/{id}</c>: ends what still runs.</summary>
    public async Task CancelAsync(string id, HttpContext context)
    {
        if (await FindAllAsync(id, context) is not { } found)
        {
            return;
        }

        List<GenerationState> states = [];
        foreach (var (state, running) in found)
        {
            states.Add(running is not null && state.IsOpen ? await generations.CancelAsync(running, context.RequestAborted) : state);
        }

        await WriteJobAsync(context, states);
    }

    /// <summary>The generations of a job, all of the caller.</summary>
    /// <returns>Null when there are none; that has been answered then.</returns>
    private async Task<List<(GenerationState State, Generation? Running)>?> FindAllAsync(string id, HttpContext context)
    {
        var found = new List<(GenerationState State, Generation? Running)>();
        foreach (var part in id.Split(Separator, OpenAiRequestReader.MaxImages + 1))
        {
            if (await generations.FindAsync(part, Client.Of(context), context.RequestAborted) is not { } one || one.State.Hidden || !IsImage(one.State))
            {
                await OpenAiErrorWriter.WriteAsync(
                    context, new OpenAiError($"Images with id '{OpenAiFields.Shown(id)}' not found.", "invalid_request_error", "id", "image_not_found"), StatusCodes.Status404NotFound);
                return null;
            }

            found.Add(one);
        }

        return found;
    }

    private bool IsImage(GenerationState state) => state.Result?.Media is { Count: > 0 } media
        ? media.All(static m => m.Type == MediaType.Image)
        : catalogue.Find(state.Provider, state.Model) is null or { MediaType: MediaType.Image };

    /// <summary>A job: 202 while it is under way, 200 once it has come to nothing.</summary>
    private async Task WriteJobAsync(HttpContext context, List<GenerationState> states)
    {
        var id = string.Join(Separator, states.Select(static s => s.ShownId));
        var runs = states.Any(static s => s.Status == GenerationStatus.Processing);
        var error = runs ? null : states.Select(s => views.Of(s, "").Error).OfType<GenerationError>().FirstOrDefault();
        GenerationHeaders.Write(context, states[0], time.GetUtcNow());
        OpenAiHeaders.Stamp(context);
        OpenAiHeaders.PollAfter(context, options.Value.PollInterval);
        context.Response.Headers.Location = address.PathTo(context, "/v1/images/generations/" + id);
        context.Response.StatusCode = runs ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;
        context.Response.ContentType = "application/json";
        var job = new ImageJob(
            id,
            "image.generation",
            error is not null ? "failed" : !runs ? "completed" : states.All(static s => s.Phase is GenerationPhase.Queued or GenerationPhase.Submitting) ? "queued" : "in_progress",
            states[0].CreatedAt.ToUnixTimeSeconds(),
            runs ? states.Average(static s => s.Status == GenerationStatus.Processing ? s.Progress ?? 0 : 1) : null,
            error is null ? null : OpenAiErrors.OfJob(error));
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, job, OpenAiJson.Default.ImageJob, context.RequestAborted);
    }

    private async Task AnswerAsync(
        HttpContext context, ImageCall call, IReadOnlyList<StartedImage> started, GenerationState[] ended, Admission? refusal, DialectCaller caller)
    {
        GenerationHeaders.Write(context, ended[0], time.GetUtcNow());
        if (generations.IsStoppingForRepetition && ended.Any(static s => s.Status == GenerationStatus.Processing))
        {
            // The dialect has no answer for work that goes on. Its SDKs ask again, and the next process answers that from the same orders.
            context.Response.Headers["x-should-retry"] = "true";
            await OpenAiErrorWriter.WriteAsync(context, Failures.Stopping(time.GetUtcNow()), StatusCodes.Status503ServiceUnavailable);
            return;
        }

        var images = ended.Where(s => s.Status == GenerationStatus.Success).SelectMany(s => s.Result!.Media.Select(m => (s, m))).ToList();
        if (images.Count == 0)
        {
            var error = views.Of(ended[0], caller.BaseUrl).Error ?? Failures.DeadlinePassed(ended[0], time.GetUtcNow());
            var hasBegun = ended.Any(FailureStatus.HasBegun);
            Answering();
            await OpenAiErrorWriter.WriteAsync(context, error, error.Code.ToHttpStatus(ended[0].FailedAtProvider || error.Provider is not null), !hasBegun, call.Request);
            foreach (var image in started)
            {
                // A job that still runs when the call's own time is over is waited for by the next call.
                image.Turn?.Answered(uncertain: hasBegun);
            }

            return;
        }

        // What was paid for is handed over, and what is missing is reported.
        List<string> missing = [.. ended.Select(s => views.Of(s, caller.BaseUrl).Error?.Message).OfType<string>()];
        if (refusal?.Refusal is { } rest)
        {
            missing.Add(rest.Message);
        }

        OpenAiHeaders.Warn(
            context,
            [.. call.Request.Warnings, .. missing.Select(m => $"{images.Count} of {call.Request.N} images were made: {m}"), .. ended.SelectMany(s => s.Warnings).Distinct()]);
        await answer.WriteAsync(context, call.AsUrl, call.Quality, call.Background, [.. images.Select(i => i.m)], ImageUsage.Of(TokenCount.Of(ended)), caller.BaseUrl, Answering);
        foreach (var image in started)
        {
            image.Turn?.Answered();
        }

        // Who has read all of it may close at once.
        void Answering()
        {
            foreach (var image in started)
            {
                image.Turn?.Answering();
            }
        }
    }

    /// <summary>One generation for all images where the model makes so many at once, else one for each.</summary>
    /// <returns>Why not all of it was begun; null when it was.</returns>
    private async Task<Admission?> StartAsync(ImageCall call, DialectCaller caller, List<StartedImage> started, CancellationToken aborted)
    {
        // Previews do not name which of several images they are of.
        var request = call.Request;
        if (request.N == 1 || (call.Previews == 0 && request.Known is { } known && !(known.Limits.MaxResults < request.N)))
        {
            var admission = await admissions.AdmitAsync(request, caller, aborted);
            if (admission.Refusal is null)
            {
                started.Add(new StartedImage(admission.State!, admission.Running, admission.Turn));
                return null;
            }

            if (request.N == 1 || !(admission.Refusal.Details?.Fields is { } fields && fields.All(f => f.Field == "parameters.n")))
            {
                return admission;
            }
        }

        using var parts = new PartsHold(budgets);
        var given = new HashSet<string>(StringComparer.Ordinal);
        for (var part = 0; part < request.N; part++)
        {
            var admission = await admissions.AdmitAsync(request.PartOf(part), caller, aborted, parts, given);
            if (admission.Refusal is not null)
            {
                return admission;
            }

            given.Add(admission.State!.Id);
            started.Add(new StartedImage(admission.State, admission.Running, admission.Turn));
        }

        return null;
    }

    /// <summary>Waits, and where it is set sends a sign of life: JSON may begin with white space. The status is sent with the first, before anybody knows how it ends.</summary>
    private async Task<GenerationState[]> HeldAsync(HttpContext context, Task<GenerationState[]> ended)
    {
        if (options.Value.HeldKeepAlive is not { } pause)
        {
            return await ended;
        }

        for (var began = false; await Task.WhenAny(ended, Task.Delay(pause, time, context.RequestAborted)) != ended && !context.RequestAborted.IsCancellationRequested; began = true)
        {
            if (!began)
            {
                context.Response.ContentType = "application/json";
                OpenAiHeaders.Stamp(context);
                await context.Response.StartAsync(context.RequestAborted);
                // Status and headers that are written from now on are nobody's.
                context.Features.Set<IHttpResponseFeature>(new HttpResponseFeature());
            }

            context.Response.BodyWriter.Write(" "u8);
            await GenerationEvents.FlushAsync(context.Response.BodyWriter, context.RequestAborted);
        }

        return await ended;
    }

    private async Task<GenerationState> WaitAsync(StartedImage image, CancellationToken aborted)
    {
        if (image.Running is not { } running)
        {
            return image.State;
        }

        var left = image.State.Deadline - time.GetUtcNow();
        return await generations.WaitAsync(running, left < options.Value.ImageTimeout ? left : options.Value.ImageTimeout, aborted);
    }
}
