using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary><c>POST /v1/images/generations</c> and <c>/v1/images/edits</c>: begins the generations, waits for them, and answers.</summary>
internal sealed class ImageCalls(
    OpenAiRequestReader reader, SubmitOnce once, GenerationService generations, ImageAnswer answer, ImageEvents events, GenerationView views, PublicAddress address,
    IOptions<OpenAiOptions> options, TimeProvider time)
{
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

        var (started, refusal) = await StartAsync(call.Request, caller, context.RequestAborted);
        if (started.Count == 0)
        {
            await OpenAiErrorWriter.WriteAsync(context, refusal!.Refusal!, refusal.Status);
            return;
        }

        OpenAiHeaders.Warn(context, [.. call.Request.Warnings, .. started.SelectMany(s => s.State.Warnings).Distinct()]);
        if (call.Stream)
        {
            await events.WriteAsync(context, call, started, s => WaitAsync(s, caller, context.RequestAborted));
            return;
        }

        var ended = await Task.WhenAll(started.Select(s => WaitAsync(s, caller, context.RequestAborted)));
        if (!context.RequestAborted.IsCancellationRequested)
        {
            await AnswerAsync(context, call, started, ended, refusal, caller);
        }
    }

    private async Task AnswerAsync(
        HttpContext context, ImageCall call, IReadOnlyList<StartedImage> started, GenerationState[] ended, Admission? refusal, DialectCaller caller)
    {
        GenerationHeaders.Write(context, ended[0], time.GetUtcNow());
        var images = ended.Where(s => s.Status == GenerationStatus.Success).SelectMany(s => s.Result!.Media.Select(m => (s, m))).ToList();
        if (images.Count == 0)
        {
            var mayBePaid = false;
            for (var i = 0; i < ended.Length; i++)
            {
                if (OpenAiErrors.MayBePaid(ended[i]))
                {
                    mayBePaid = true;
                    once.AnswerLost(caller, started[i].Fingerprint);
                }
            }

            var error = views.Of(ended[0], caller.BaseUrl).Error ?? Failures.DeadlinePassed(ended[0], time.GetUtcNow());
            await OpenAiErrorWriter.WriteAsync(context, error, error.Code.ToHttpStatus(ended[0].FailedAtProvider || error.Provider is not null), !mayBePaid);
            return;
        }

        // What was paid for is handed over, and what is missing is said.
        List<string> missing = [.. ended.Select(s => views.Of(s, caller.BaseUrl).Error?.Message).OfType<string>()];
        if (refusal?.Refusal is { } rest)
        {
            missing.Add(rest.Message);
        }

        OpenAiHeaders.Warn(
            context,
            [.. call.Request.Warnings, .. missing.Select(m => $"{images.Count} of {call.Request.N} images were made: {m}"), .. ended.SelectMany(s => s.Warnings).Distinct()]);
        await answer.WriteAsync(context, call, [.. images.Select(i => i.m)], caller.BaseUrl);
    }

    /// <summary>One generation for all images where the model makes so many at once, else one for each.</summary>
    private async Task<(IReadOnlyList<StartedImage> Started, Admission? Refusal)> StartAsync(DialectRequest request, DialectCaller caller, CancellationToken aborted)
    {
        var started = new List<StartedImage>(request.N);
        if (request.N == 1 || (request.Known is { } known && !(known.Limits.MaxResults < request.N)))
        {
            var (admission, fingerprint) = await once.AdmitAsync(request, caller, aborted);
            if (admission.Refusal is null)
            {
                return ([new StartedImage(admission.State!, admission.Running, fingerprint)], null);
            }

            if (request.N == 1 || !(admission.Refusal.Details?.Fields is { } fields && fields.All(f => f.Field == "parameters.n")))
            {
                return ([], admission);
            }
        }

        for (var part = 0; part < request.N; part++)
        {
            var (admission, fingerprint) = await once.AdmitAsync(request.PartOf(part), caller, aborted);
            if (admission.Refusal is not null)
            {
                return (started, admission);
            }

            started.Add(new StartedImage(admission.State!, admission.Running, fingerprint));
        }

        return (started, null);
    }

    private async Task<GenerationState> WaitAsync(StartedImage image, DialectCaller caller, CancellationToken aborted)
    {
        var state = image.State;
        if (image.Running is { } running)
        {
            var left = state.Deadline - time.GetUtcNow();
            state = await generations.WaitAsync(running, left < options.Value.ImageTimeout ? left : options.Value.ImageTimeout, aborted);
        }

        if (aborted.IsCancellationRequested)
        {
            once.AnswerLost(caller, image.Fingerprint);
        }

        return state;
    }
}
