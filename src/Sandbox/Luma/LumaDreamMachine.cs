using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Luma;

/// <summary>Dream Machine, for old clients: inputs are addresses only, a list exists, and why something failed is free text.</summary>
internal static class LumaDreamMachine
{
    private const string Path = "dream-machine/v1/";

    public static void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        foreach (var path in (string[])["generations", "generations/video"])
        {
            routes.MapPost(Path + path, endpoints.Submit((body, _) => Video(body), Submitted, false, Refuse));
        }

        routes.MapPost(Path + "generations/image", endpoints.Submit((body, _) => Image(body), Submitted, false, Refuse));
        routes.MapGet(Path + "generations/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Reply.Ok(Generation(view))));
        routes.MapDelete(Path + "generations/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view =>
            {
            view.Job.Clock.Cancel(view.Now);
            endpoints.Remove(view.Job.Id);
            return new Reply(StatusCodes.Status204NoContent);
        }));
        routes.MapGet(Path + "generations", endpoints.Respond(context =>
            {
            var limit = int.TryParse(context.Request.Query["limit"], out var asked) && asked is > 0 and <= 100 ? asked : 100;
            var offset = int.TryParse(context.Request.Query["offset"], out var skipped) && skipped > 0 ? skipped : 0;
            var all = endpoints.Newest().Where(j => j.Order.Facts.ContainsKey("dream")).ToList();
            return Reply.Ok(new JsonObject
            {
                ["generations"] = new JsonArray([.. all.Skip(offset).Take(limit).Select(j => Generation(endpoints.ViewOf(context, j)))]),
                ["count"] = all.Count, ["has_more"] = all.Count > offset + limit, ["limit"] = limit, ["offset"] = offset,
            });
        }));
        routes.MapGet(Path + "ping", endpoints.Respond(_ => Reply.Ok(new JsonObject { ["message"] = "pong" })));
        routes.MapGet(Path + "credits", endpoints.Respond(_ => Reply.Ok(new JsonObject { ["credit_balance"] = 187_350 })));
    }

    public static JsonObject Generation(View view) => Generation(view, view.State switch
    {
        JobState.Queued => "queued",
        JobState.Running => "dreaming",
        JobState.Succeeded => "completed",
        _ => "failed",
    });

    private static Task Submitted(View view, HttpContext context) => new Reply(StatusCodes.Status201Created, Generation(view, "queued")).WriteAsync(context);

    private static Reply Refuse(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.MissingKey or RefusalKind.WrongKey => LumaStandIn.Detail(401, "Invalid API key is provided"),
        RefusalKind.RateLimited or RefusalKind.TooManyJobs => LumaStandIn.Detail(429, "Too many requests"),
        RefusalKind.NoCredits => LumaStandIn.Detail(402, "Insufficient credits"),
        RefusalKind.Unavailable => LumaStandIn.Detail(503, "Service Unavailable"),
        RefusalKind.UnknownModel => LumaStandIn.Detail(400, $"Unknown model: {refusal.Subject}"),
        RefusalKind.Asked => LumaStandIn.Detail(refusal.Asked.Status, refusal.Asked.Code.Replace('_', ' ')),
        RefusalKind.NotJson => LumaStandIn.Detail(400, "Invalid request body"),
        _ => new(StatusCodes.Status422UnprocessableEntity, new JsonObject
        {
            ["detail"] = new JsonArray(new JsonObject { ["loc"] = new JsonArray("body", refusal.Wrong?.Path), ["msg"] = refusal.Wrong?.Message, ["type"] = "value_error" }),
        }),
    };

    private static Order Video(Reading body)
    {
        body.Only("generation_type", "model", "prompt", "aspect_ratio", "duration", "resolution", "loop", "keyframes", "concepts", "callback_url");
        var model = body.Model("model", "ray-2", "ray-flash-2");
        var prompt = body.MaybeText("prompt", 5000) ?? "";
        var ratio = body.MaybeOneOf("aspect_ratio", "1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21");
        var seconds = body.MaybeOneOf("duration", "5s", "9s") == "9s" ? 9 : 5;
        var resolution = body.MaybeOneOf("resolution", "540p", "720p", "1080p", "4k");
        body.MaybeFlag("loop");
        var frames = body.Object("keyframes");
        frames.Only("frame0", "frame1");
        foreach (var frame in ((string[])["frame0", "frame1"]).Select(frames.MaybeObject).OfType<Reading>())
        {
            if (frame.OneOf("type", "image", "generation") == "image")
            {
                frame.Link("url", Inline.No);
            }
            else
            {
                frame.Text("id");
            }
        }

        return new(model, prompt, [Piece.Video(Shape.Of(ratio, Shape.Shorter(resolution, 720)), seconds)])
        {
            Webhook = body.MaybeText("callback_url"), Facts = new() { ["dream"] = "video" },
        };
    }

    private static Order Image(Reading body)
    {
        body.Only("generation_type", "model", "prompt", "aspect_ratio", "image_ref", "style_ref", "character_ref", "modify_image_ref", "format", "sync",
            "sync_timeout", "callback_url");
        var model = body.Has("model") ? body.Model("model", "photon-1", "photon-flash-1") : "photon-1";
        var prompt = body.MaybeText("prompt", 5000) ?? "";
        var ratio = body.MaybeOneOf("aspect_ratio", "1:1", "16:9", "9:16", "4:3", "3:4", "21:9", "9:21");
        foreach (var reference in body.List("image_ref", 4).Concat(body.List("style_ref", 1)))
        {
            reference.Link("url", Inline.No);
            reference.MaybeNumber("weight", 0, 1);
        }

        return new(model, prompt, [Piece.Image(body.MaybeOneOf("format", "jpg", "png") == "png" ? "png" : "jpeg", Shape.Area(ratio, 1.5e6, "16:9"))])
        {
            Webhook = body.MaybeText("callback_url"), Facts = new() { ["dream"] = "image" },
        };
    }

    private static JsonObject Generation(View view, string word) => new()
    {
        ["id"] = view.Job.Id,
        ["generation_type"] = view.Order.Facts["dream"]?.DeepClone(),
        ["state"] = word,
        ["failure_reason"] = word != "failed" ? null : view.State == JobState.Moderated ? "Input was flagged by content moderation"
        : view.Job.Magic.Fail?.Replace('_', ' ') ?? "The generation failed",
        ["created_at"] = view.Timeline.AcceptedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ["assets"] = word != "completed" ? null : new JsonObject
        {
            ["video"] = view.Order.IsVideo ? view.Link() : null, ["image"] = view.Order.IsVideo ? null : view.Link(), ["progress_video"] = null,
        },
        ["model"] = view.Order.Model,
        ["request"] = new JsonObject { ["prompt"] = view.Order.Prompt },
    };
}
