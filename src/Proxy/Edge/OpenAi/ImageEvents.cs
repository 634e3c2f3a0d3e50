using System.Globalization;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>
/// Writes images as an event stream: signs of life while they are made, <c>partial_image</c> events where the provider shows what it works on, then one <c>completed</c> event for each.
/// The dialect allows fewer previews than were asked for, and none.
/// </summary>
internal sealed class ImageEvents(GenerationService generations, ImageAnswer answer, GenerationView views, IOptions<OpenAiOptions> options, TimeProvider time)
{
    /// <summary>Writes the stream.</summary>
    /// <param name="context">The call.</param>
    /// <param name="call">What was asked for.</param>
    /// <param name="started">What was begun.</param>
    /// <param name="wait">Waits for one of them.</param>
    public async Task WriteAsync(HttpContext context, ImageCall call, IReadOnlyList<StartedImage> started, Func<StartedImage, Task<GenerationState>> wait)
    {
        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back

        // Headers at once: clients give up on an answer that does not begin.
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        var waiting = started.Select(s => (Ended: wait(s), Previews: new Previews(s.Running, call.Previews))).ToList();
        var sign = time.GetUtcNow() + options.Value.KeepAlive;
        while (waiting.Count > 0 && !context.RequestAborted.IsCancellationRequested)
        {
            List<Task> things = [.. waiting.Select(w => (Task)w.Ended), .. waiting.Select(w => w.Previews.Changed)];
            foreach (var (_, previews) in waiting)
            {
                if (await previews.WriteAsync((index, preview) => WritePreviewAsync(context, call, index, preview)))
                {
                    sign = time.GetUtcNow() + options.Value.KeepAlive;
                }
            }

            if (!await Previews.AnyAsync(things, sign - time.GetUtcNow(), time, context.RequestAborted))
            {
                ImageAnswer.Put(context.Response.BodyWriter, ": still at work\n\n");
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
                sign = time.GetUtcNow() + options.Value.KeepAlive;
                continue;
            }

            if (waiting.FirstOrDefault(static w => w.Ended.IsCompleted) is { Ended: { } ended } done)
            {
                waiting.Remove(done);
                var state = await ended;
                var turn = started.First(s => s.State.Id == state.Id).Turn;
                turn?.Answering();
                await WriteEndAsync(context, call, state);
                turn?.Answered(uncertain: state.Status != GenerationStatus.Success && FailureStatus.HasBegun(state));
            }
        }
    }

    private async Task WritePreviewAsync(HttpContext context, ImageCall call, int index, Preview preview)
    {
        var (output, type) = (context.Response.BodyWriter, call.IsEdit ? "image_edit.partial_image" : "image_generation.partial_image");
        ImageAnswer.Put(output, $"event: {type}\ndata: {{\"type\":\"{type}\",\"b64_json\":\"");
        await Previews.PutAsync(output, preview, context.RequestAborted);
        ImageAnswer.Put(output, string.Create(
            CultureInfo.InvariantCulture,
            $"\",\"partial_image_index\":{index},\"created_at\":{time.GetUtcNow().ToUnixTimeSeconds()},\"size\":\"{Previews.FactOf(preview, "size", "auto")}\",\"quality\":\"{Previews.FactOf(preview, "quality", call.Quality)}\","));
        ImageAnswer.Put(output, $"\"background\":\"{Previews.FactOf(preview, "background", call.Background)}\",\"output_format\":\"{Previews.FactOf(preview, "output_format", "png")}\"}}\n\n");
        await output.FlushAsync(context.RequestAborted);
    }

    private async Task WriteEndAsync(HttpContext context, ImageCall call, GenerationState state)
    {
        if (state.Status != GenerationStatus.Success)
        {
            var error = views.Of(state, "").Error ?? (generations.IsStoppingForRepetition ? Failures.Stopping(time.GetUtcNow()) : Failures.DeadlinePassed(state, time.GetUtcNow()));
            await WriteErrorAsync(context, OpenAiErrors.Of(error, error.Code.ToHttpStatus(state.FailedAtProvider), call.Request.Call).Error);
            return;
        }

        foreach (var image in state.Result!.Media)
        {
            if (!await answer.IsThereAsync(image, context.RequestAborted))
            {
                await WriteErrorAsync(context, ImageAnswer.Expired);
                continue;
            }

            var output = context.Response.BodyWriter;
            var type = call.IsEdit ? "image_edit.completed" : "image_generation.completed";
            ImageAnswer.Put(output, $"event: {type}\ndata: {{\"type\":\"{type}\",\"b64_json\":\"");
            await answer.WriteBase64Async(output, image, context.RequestAborted);
            ImageAnswer.Put(output, string.Create(
                CultureInfo.InvariantCulture,
                $"\",\"created_at\":{time.GetUtcNow().ToUnixTimeSeconds()},\"size\":\"{ImageAnswer.SizeOf(image) ?? "auto"}\",\"quality\":\"{call.Quality}\",\"background\":\"{call.Background}\",\"output_format\":\"{ImageAnswer.FormatOf(image) ?? "png"}\","));
            ImageAnswer.Put(
                output,
                $"\"usage\":{JsonSerializer.Serialize(ImageUsage.Of(TokenCount.Of([state])), OpenAiJson.Default.ImageUsage)}}}\n\n");
            await output.FlushAsync(context.RequestAborted);
        }
    }

    private static async Task WriteErrorAsync(HttpContext context, OpenAiError error)
    {
        var json = JsonSerializer.Serialize(new OpenAiErrorBody(error), OpenAiJson.Default.OpenAiErrorBody);
        await context.Response.WriteAsync($"event: error\ndata: {json}\n\n", context.RequestAborted);
    }
}
