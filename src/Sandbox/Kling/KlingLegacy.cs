using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Kling;

/// <summary>The old paths: text2video, image2video and pictures. A length is a string there, and success is spelled <c>succeed</c>.</summary>
internal static class KlingLegacy
{
    private static readonly string[] s_videoModels = ["kling-v2-5-turbo", "kling-v2-6", "kling-v3", "kling-video-o1"];

    private static readonly string[] s_imageModels = ["kling-v2-1", "kling-v3", "kling-image-o1"];

    public static void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        foreach (var (path, read) in ((string, Func<Reading, Order>)[])[("v1/videos/text2video", b => Video(b, false)),
            ("v1/videos/image2video", b => Video(b, true)), ("v1/images/generations", Image)])
        {
            routes.MapPost(path, endpoints.Submit((body, _) => read(body), Submitted));
            routes.MapGet(path + "/{id}", endpoints.ForJob(
                context => (endpoints.Find(JobEndpoints.RouteValue("id")(context)!) ?? endpoints.Newest().FirstOrDefault(j => j.Order.ExternalId == JobEndpoints.RouteValue("id")(context)))?.Id,
                view => Reply.Ok(KlingStandIn.Good(Task(view)))));
            routes.MapGet(path, endpoints.Respond(context => Reply.Ok(KlingStandIn.Good(new JsonArray(
                [.. endpoints.Newest().Where(j => j.Order.Facts["legacy"]?.GetValue<string>() == path.Split('/')[1]).Select(j => Task(endpoints.ViewOf(context, j)))])))));
        }
    }

    public static JsonObject Task(View view)
    {
        var task = new JsonObject
        {
            ["task_id"] = view.Job.Id,
            ["task_status"] = view.State switch { JobState.Queued => "submitted", JobState.Running => "processing", JobState.Succeeded => "succeed", _ => "failed" },
            ["task_status_msg"] = KlingStandIn.Message(view.State),
            ["task_info"] = new JsonObject { ["external_task_id"] = view.Order.ExternalId ?? "" },
            ["created_at"] = view.AcceptedMilliseconds,
            ["updated_at"] = view.ChangedAt.ToUnixTimeMilliseconds(),
        };
        if (view.State == JobState.Succeeded)
        {
            var pieces = view.Order.Pieces;
            task["task_result"] = view.Order.IsVideo
                ? new JsonObject { ["videos"] = new JsonArray(new JsonObject { ["id"] = "v9", ["url"] = view.Link(), ["duration"] = $"{pieces[0].Seconds}.1" }) }
                : new JsonObject { ["images"] = new JsonArray([.. pieces.Select((_, i) => new JsonObject { ["index"] = i, ["url"] = view.Link(i) })]) };
            task["final_unit_deduction"] = view.Order.IsVideo ? "3.5" : "8";
        }

        return task;
    }

    private static Reply Submitted(View view) => Reply.Ok(KlingStandIn.Good(new JsonObject
    {
        ["task_id"] = view.Job.Id,
        ["task_status"] = "submitted",
        ["task_info"] = new JsonObject { ["external_task_id"] = view.Order.ExternalId ?? "" },
        ["created_at"] = view.AcceptedMilliseconds,
        ["updated_at"] = view.AcceptedMilliseconds,
    }));

    private static Order Video(Reading body, bool fromImage)
    {
        var model = body.Model("model_name", s_videoModels);
        var prompt = fromImage ? body.MaybeText("prompt", 2500) ?? "" : body.Text("prompt", 2500);
        body.MaybeText("negative_prompt", 2500);
        var mode = body.MaybeOneOf("mode", "std", "pro", "4k") ?? "std";
        var duration = body.MaybeOneOf("duration", model == "kling-v3" ? [.. Enumerable.Range(3, 13).Select(n => $"{n}")] : ["5", "10"]);
        var seconds = int.TryParse(duration, out var asked) ? asked : 5;
        var ratio = body.MaybeOneOf("aspect_ratio", "16:9", "9:16", "1:1");
        body.MaybeOneOf("sound", "on", "off");
        body.MaybeNumber("cfg_scale", 0, 1);
        if (fromImage)
        {
            body.Link("image", Inline.Base64);
        }

        body.MaybeLink("image_tail", Inline.Base64);
        return new Order(model, prompt, [Piece.Video(Shape.Of(ratio, mode == "std" ? 720 : mode == "pro" ? 1080 : 2160),
            seconds)]) { Facts = new() { ["legacy"] = "videos" } }.With(body);
    }

    private static Order Image(Reading body)
    {
        var model = body.Model("model_name", s_imageModels);
        var prompt = body.Text("prompt", 2500);
        var size = Shape.Area(body.MaybeOneOf("aspect_ratio", "16:9", "9:16", "1:1", "4:3", "3:4", "3:2", "2:3", "21:9"),
            body.MaybeOneOf("resolution", "1k", "2k") == "2k" ? 4e6 : 1e6, "16:9");
        body.MaybeLink("image", Inline.Base64);
        var count = (int)(body.MaybeWhole("n", 1, 9) ?? 1);
        return new Order(model, prompt, [.. Enumerable.Repeat(Piece.Image("png", size), Math.Clamp(count, 1, 9))]) { Facts = new() { ["legacy"] = "images" } }.With(body);
    }

    private static Order With(this Order order, Reading body) => order with { ExternalId = body.MaybeText("external_task_id"), Webhook = body.MaybeText("callback_url") };
}
