using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>A call that is one generation: begins it, waits for it, and answers with what it made, or with why it made nothing.</summary>
internal sealed class OneGeneration(OpenAiAdmission admissions, GenerationService generations, GenerationView views, IOptions<OpenAiOptions> options, TimeProvider time)
{
    /// <summary>Runs it.</summary>
    /// <param name="context">The call.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="answer">Answers with a generation that succeeded; calls what it is given before the last of the answer is sent, where it knows that.</param>
    public async Task RunAsync(HttpContext context, DialectRequest request, DialectCaller caller, Func<GenerationState, Action, Task> answer)
    {
        var admission = await admissions.AdmitAsync(request, caller, context.RequestAborted);
        if (admission.Refusal is { } refusal)
        {
            await OpenAiErrorWriter.WriteAsync(context, refusal, admission.Status, request: request);
            return;
        }

        using var turn = admission.Turn;
        var state = admission.State!;
        if (admission.Running is { } running)
        {
            var left = state.Deadline - time.GetUtcNow();
            state = await generations.WaitAsync(running, left < options.Value.ImageTimeout ? left : options.Value.ImageTimeout, context.RequestAborted);
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        GenerationHeaders.Write(context, state, time.GetUtcNow());
        OpenAiHeaders.Warn(context, [.. request.Warnings, .. state.Warnings]);
        if (generations.IsStoppingForRepetition && state.Status == GenerationStatus.Processing)
        {
            // The call is left to its repetition.
            context.Response.Headers["x-should-retry"] = "true";
            await OpenAiErrorWriter.WriteAsync(context, Failures.Stopping(time.GetUtcNow()), StatusCodes.Status503ServiceUnavailable);
            return;
        }

        if (state.Status == GenerationStatus.Success)
        {
            await answer(state, Answering);
        }
        else
        {
            Answering();
            var error = views.Of(state, caller.BaseUrl).Error ?? Failures.DeadlinePassed(state, time.GetUtcNow());
            await OpenAiErrorWriter.WriteAsync(context, error, error.Code.ToHttpStatus(state.FailedAtProvider || error.Provider is not null), !FailureStatus.HasBegun(state), request);
        }

        turn?.Answered(uncertain: state.Status != GenerationStatus.Success && FailureStatus.HasBegun(state));

        // Who has read all of it may close at once.
        void Answering() => turn?.Answering();
    }
}
