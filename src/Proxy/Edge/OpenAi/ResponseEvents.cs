using System.Globalization;
using System.IO.Pipelines;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Media;
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
    /// <param name="running">The generation in memory; null when it has finished already.</param>
    /// <param name="ended">The generation once it is over, or its caller's patience is.</param>
    /// <param name="after">The number of the last event that the client has; -1 for none.</param>
    /// <param name="answering">Called before the last of it is sent.</param>
    /// <returns>The state that was shown last; null when the client has gone.</returns>
    public async Task<GenerationState?> WriteAsync(HttpContext context, ResponseFacts facts, GenerationState first, Generation? running, Task<GenerationState> ended, int after, Action? answering = null)
    {
        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return null;
        }

        var (stream, aborted) = (new Numbered(context.Response.BodyWriter, after), context.RequestAborted);
        var begun = facts.InBackground ? "queued" : "in_progress";
        await WholeAsync(stream, "response.created", facts, first, begun, null, aborted);
        await WholeAsync(stream, facts.InBackground ? "response.queued" : "response.in_progress", facts, first, begun, null, aborted);
        Open(stream, facts, first);
        await stream.Output.FlushAsync(aborted);
        var (previews, opened, sign) = (new Previews(running, facts.Previews), stream.Number, time.GetUtcNow() + options.Value.KeepAlive);
        while (!ended.IsCompleted && !aborted.IsCancellationRequested)
        {
            Task[] things = [ended, previews.Changed];
            if (await previews.WriteAsync((index, preview) => PreviewAsync(stream, opened + index, facts, first, index, preview, aborted)))
            {
                sign = time.GetUtcNow() + options.Value.KeepAlive;
            }

            if (!await Previews.AnyAsync(things, sign - time.GetUtcNow(), time, aborted))
            {
                ResponseBody.Put(stream.Output, ": still at work\n\n");
                await stream.Output.FlushAsync(aborted);
                sign = time.GetUtcNow() + options.Value.KeepAlive;
            }
        }

        // Numbers do not depend on how many previews there were: some may have come when nobody looked.
        stream.Number = opened + facts.Previews;

        if (aborted.IsCancellationRequested)
        {
            return null;
        }

        var state = await ended;
        if (state.IsOpen && facts.InBackground)
        {
            // It goes on: the client asks again for the events that come after these.
            answering?.Invoke();
            await stream.Output.FlushAsync(aborted);
            return state;
        }

        if (state.Status == GenerationStatus.Success && await body.IsThereAsync(facts, state, aborted))
        {
            await ItemAsync(stream, facts, state, aborted);
            var status = ResponseBody.StatusOf(state);
            await WholeAsync(stream, $"response.{status}", facts, state, status, null, aborted);
        }
        else
        {
            await WholeAsync(stream, "response.failed", facts, state, "failed", WhyNot(state), aborted);
        }

        answering?.Invoke();
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

    private static async Task PreviewAsync(
        Numbered stream, int number, ResponseFacts facts, GenerationState state, int index, Preview preview, CancellationToken aborted)
    {
        stream.Number = number;
        if (stream.Begin("response.image_generation_call.partial_image"))
        {
            ResponseBody.Put(stream.Output, string.Create(
                CultureInfo.InvariantCulture, $",\"output_index\":0,\"item_id\":{ResponseBody.Json(ResponseBody.ItemOf(facts, state))},\"partial_image_index\":{index},\"partial_image_b64\":\""));
            await Previews.PutAsync(stream.Output, preview, aborted);
            ResponseBody.Put(stream.Output, $"\",\"size\":\"{Previews.FactOf(preview, "size", "auto")}\",\"output_format\":\"{Previews.FactOf(preview, "output_format", "png")}\"");
            stream.End();
            await stream.Output.FlushAsync(aborted);
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
        public int Number { get; set; }

        public PipeWriter Output => output;

        public bool Begin(string type)
        {
            var number = Number++;
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
