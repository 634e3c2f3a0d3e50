using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Google;

/// <summary>The Interactions API, as far as Omni clips and pictures need it: start, look, cancel.</summary>
internal static class GoogleInteractions
{
    public static void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints, Func<Refusal, Reply> refuse)
    {
        foreach (var version in (string[])["v1beta", "v1"])
        {
            var path = version + "/interactions";
            routes.MapPost(path, endpoints.Submit((body, _) => Read(body), (view, context) => AnswerAsync(view, context, isNew: true), false, refuse));
            routes.MapGet(path + "/{id}", endpoints.Guard(context => endpoints.Find(JobEndpoints.RouteValue("id")(context)!) is { } job
                ? endpoints.PollAsync(context, job, () => AnswerAsync(endpoints.ViewOf(context, job), context, isNew: false))
                : refuse(new(RefusalKind.UnknownJob)).WriteAsync(context)));
            routes.MapPost(path + "/{id}/cancel", endpoints.Guard(async context =>
                {
                if (endpoints.Find(JobEndpoints.RouteValue("id")(context)!) is not { } job)
                {
                    await refuse(new(RefusalKind.UnknownJob)).WriteAsync(context);
                    return;
                }

                job.Clock.Cancel(endpoints.Now);
                await AnswerAsync(endpoints.ViewOf(context, job), context, isNew: false);
            }));
        }
    }

    private static Order? Read(Reading body)
    {
        body.Only("model", "input", "response_format", "generation_config", "background", "previous_interaction_id", "store", "system_instruction", "stream",
            "response_modalities");
        var model = body.Model("model", "gemini-omni-1.2-flash", "gemini-omni-1.1-flash", "gemini-nano-banana-2.1");
        var prompt = body.Value.Member("input") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
        foreach (var input in prompt.Length > 0 ? [] : body.List("input"))
        {
            if (input.OneOf("type", "text", "image", "video") == "text")
            {
                prompt = input.Text("text");
            }
            else if (!input.MaybeLink("uri") && !input.MaybeLink("data", Inline.Base64))
            {
                input.Fail("uri", "is required", WrongKind.Missing);
            }
        }

        if (prompt.Length == 0)
        {
            body.Fail("input", "is required", WrongKind.Missing);
        }

        body.MaybeFlag("background");
        var format = body.Object("response_format");
        format.Only("type", "aspect_ratio", "image_size", "resolution", "duration", "delivery", "mime_type");
        var isVideo = model.Contains("omni", StringComparison.Ordinal);
        format.MaybeOneOf("type", isVideo ? ["video"] : ["image"]);
        var ratio = format.MaybeText("aspect_ratio");
        var resolution = format.MaybeOneOf("resolution", "360p", "720p", "1080p", "4k");
        var duration = format.MaybeText("duration");
        var seconds = 8.0;
        if (duration is not null && !(duration.EndsWith('s') && double.TryParse(duration[..^1], CultureInfo.InvariantCulture, out seconds) && seconds is > 0 and <= 60))
        {
            format.Fail("duration", "must be as in \"8s\"");
        }

        var delivery = format.MaybeOneOf("delivery", "inline", "uri") ?? "inline";
        return new(model, prompt, [isVideo ? Piece.Video(Shape.Of(ratio, Shape.Shorter(resolution, 720)), seconds) : Piece.Image("jpeg", Shape.Area(ratio, 1024 * 1024))])
        {
            Facts = new() { ["delivery"] = delivery },
        };
    }

    private static async Task AnswerAsync(View view, HttpContext context, bool isNew)
    {
        var state = isNew && view.State == JobState.Succeeded ? JobState.Running : view.State;
        var answer = new JsonObject
        {
            ["id"] = view.Job.Id,
            ["model"] = view.Order.Model,
            ["object"] = "interaction",
            ["created"] = view.Timeline.AcceptedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["status"] = state switch
            {
                JobState.Queued or JobState.Running => "in_progress",
                JobState.Succeeded => "completed",
                JobState.Cancelled => "cancelled",
                _ => "failed",
            },
        };
        if (state == JobState.Succeeded)
        {
            var piece = view.Order.Pieces[0];
            var output = new JsonObject { ["mime_type"] = piece.ContentType };
            if ((string?)view.Order.Facts["delivery"] == "uri")
            {
                output["uri"] = view.Link();
            }
            else
            {
                output["data"] = Convert.ToBase64String(await view.DrawAsync(0, context.RequestAborted));
            }

            answer[piece.Kind == PieceKind.Video ? "output_video" : "output_image"] = output;
            answer["usage"] = new JsonObject { ["total_input_tokens"] = EchoText.Tokens(view.Order.Prompt), ["total_output_tokens"] = 5_792,
                ["total_tokens"] = EchoText.Tokens(view.Order.Prompt) + 5_792 };
        }
        else if (state is JobState.Moderated or JobState.Failed or JobState.TimedOut)
        {
            answer["errors"] = new JsonArray(state == JobState.Moderated
                ? new JsonObject { ["code"] = "PROHIBITED_CONTENT", ["message"] = "The request was blocked by the safety filter." }
                : new JsonObject { ["code"] = "INTERNAL", ["message"] = "An internal error has occurred." });
        }

        await Reply.Ok(answer).WriteAsync(context);
    }
}
