using System.Globalization;
using System.IO.Pipelines;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>
/// Writes a response as an event stream: <c>response.created</c> at once, signs of life while it is made, then what it holds, and <c>response.completed</c> or <c>response.failed</c>.
/// The events and their numbers follow from the generation alone, so that a stream that was cut is taken up where it ended.
/// </summary>
internal sealed class ResponseEvents(ResponseBody body, GenerationService generations, IOptions<OpenAiOptions> options, TimeProvider time)
{
    /// <summary>Writes the stream.</summary>
    /// <param name="context">The call.</param>
    /// <param name="facts">What was asked for.</param>
    /// <param name="first">The generation as it is now.</param>
    /// <param name="ended">The generation once it is over, or its caller's patience is.</param>
    /// <param name="after">The number of the last event that the client has; -1 for none.</param>
    /// <returns>The state that was shown last; null when the client has gone.</returns>
    public async Task<GenerationState?> WriteAsync(HttpContext context, ResponseFacts facts, GenerationState first, Task<GenerationState> ended, int after)
    {
        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
        var (stream, aborted) = (new Numbered(context.Response.BodyWriter, after), context.RequestAborted);
        var begun = facts.InBackground ? "queued" : "in_progress";
        await WholeAsync(stream, "response.created", facts, first, begun, null, aborted);
        await WholeAsync(stream, facts.InBackground ? "response.queued" : "response.in_progress", facts, first, begun, null, aborted);
        Open(stream, facts, first);
        await stream.Output.FlushAsync(aborted);
        while (await Task.WhenAny(ended, Task.Delay(options.Value.KeepAlive, time, aborted)) != ended && !aborted.IsCancellationRequested)
        {
            ResponseBody.Put(stream.Output, ": still at work\n\n");
            await stream.Output.FlushAsync(aborted);
        }

        if (aborted.IsCancellationRequested)
        {
            return null;
        }

        var state = await ended;
        if (state.Status == GenerationStatus.Success && await body.IsThereAsync(facts, state, aborted))
        {
            await ItemAsync(stream, facts, state, aborted);
            await WholeAsync(stream, "response.completed", facts, state, ResponseBody.Completed, null, aborted);
        }
        else
        {
            await WholeAsync(stream, "response.failed", facts, state, "failed", WhyNot(state), aborted);
        }

        await stream.Output.FlushAsync(aborted);
        return state;
    }

    private GenerationError? WhyNot(GenerationState state) => state switch
    {
        { Status: GenerationStatus.Success } => new GenerationError { Code = ErrorCode.UnknownError, Message = ImageAnswer.Expired.Message, Timestamp = time.GetUtcNow() },
        { Status: GenerationStatus.Processing } => generations.IsStoppingForRepetition ? Failures.Stopping(time.GetUtcNow()) : Failures.DeadlinePassed(state, time.GetUtcNow()),
        _ => null,
    };

    /// <summary>What will hold the picture, or the text.</summary>
    private static void Open(Numbered stream, ResponseFacts facts, GenerationState state)
    {
        var id = ResponseBody.Json(ResponseBody.ItemOf(facts, state));
        stream.Send("response.output_item.added", $"\"output_index\":0,\"item\":{ResponseBody.Begun(facts, state)}");
        if (facts.IsImage)
        {
            stream.Send("response.image_generation_call.in_progress", $"\"output_index\":0,\"item_id\":{id}");
            stream.Send("response.image_generation_call.generating", $"\"output_index\":0,\"item_id\":{id}");
        }
        else
        {
            stream.Send("response.content_part.added", $"\"output_index\":0,\"content_index\":0,\"item_id\":{id},\"part\":{ResponseBody.TextPart("")}");
        }
    }

    private async Task ItemAsync(Numbered stream, ResponseFacts facts, GenerationState state, CancellationToken aborted)
    {
        var id = ResponseBody.Json(ResponseBody.ItemOf(facts, state));
        if (facts.IsImage)
        {
            stream.Send("response.image_generation_call.completed", $"\"output_index\":0,\"item_id\":{id}");
        }
        else
        {
            var (at, text) = ($"\"output_index\":0,\"content_index\":0,\"item_id\":{id}", state.Result!.Text ?? "");
            stream.Send("response.output_text.delta", $"{at},\"logprobs\":[],\"delta\":{ResponseBody.Json(text)}");
            stream.Send("response.output_text.done", $"{at},\"logprobs\":[],\"text\":{ResponseBody.Json(text)}");
            stream.Send("response.content_part.done", $"{at},\"part\":{ResponseBody.TextPart(text)}");
        }

        if (stream.Begin("response.output_item.done"))
        {
            ResponseBody.Put(stream.Output, ",\"output_index\":0,\"item\":");
            await body.PutItemAsync(stream.Output, facts, state, aborted);
            stream.End();
        }
    }

    private async Task WholeAsync(Numbered stream, string type, ResponseFacts facts, GenerationState state, string status, GenerationError? failure, CancellationToken aborted)
    {
        if (stream.Begin(type))
        {
            ResponseBody.Put(stream.Output, ",\"response\":");
            await body.PutAsync(stream.Output, facts, state, status, failure, aborted);
            stream.End();
        }
    }

    /// <summary>Events with their numbers; those that the client has are passed over.</summary>
    private sealed class Numbered(PipeWriter output, int after)
    {
        private int _number;

        public PipeWriter Output => output;

        public bool Begin(string type)
        {
            var number = _number++;
            if (number > after)
            {
                ResponseBody.Put(output, string.Create(CultureInfo.InvariantCulture, $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":{number}"));
            }

            return number > after;
        }

        public void End() => ResponseBody.Put(output, "}\n\n");

        public void Send(string type, string members)
        {
            if (Begin(type))
            {
                ResponseBody.Put(output, "," + members);
                End();
            }
        }
    }
}
