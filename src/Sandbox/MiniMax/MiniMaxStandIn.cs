using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.MiniMax;

/// <summary>MiniMax: the second interface with H3, and the first with Hailuo and pictures, whose status is always 200.</summary>
internal sealed class MiniMaxStandIn : StandInApi
{
    public override string Name => "minimax";

    public override bool LinksRenew => true;

    public override string NewId(Chance chance) => $"32{chance.Next(1_000_000_000):D9}{chance.Next(10_000):D4}";

    public override JsonNode Called(View view) => view.Order.Facts.ContainsKey("v1") ? MiniMaxOld.Called(view) : new JsonObject { ["task"] = Task(view) };

    /// <summary>The numeric code stands only in brackets at the end of the message.</summary>
    public override Reply Refuse(Refusal refusal)
    {
        var (status, type, message) = refusal.Kind switch
        {
            RefusalKind.MissingKey => (401, "authorized_error", "login fail: Please carry the API secret key (1004)"),
            RefusalKind.WrongKey => (401, "authorized_error", "invalid api key (2049)"),
            RefusalKind.UnknownModel => (400, "bad_request_error", $"invalid params, model {refusal.Subject} not supported (2013)"),
            RefusalKind.UnknownJob => (400, "bad_request_error", "invalid params, invalid task id (2013)"),
            RefusalKind.UnknownPath => (404, "not_found_error", "404 page not found"),
            RefusalKind.RateLimited or RefusalKind.TooManyJobs => (429, "rate_limit_error", "rate limit (1002)"),
            RefusalKind.NoCredits => (402, "insufficient_balance_error", "insufficient balance (1008)"),
            RefusalKind.Unavailable => (529, "overloaded_error", "the cluster is overloaded (1000)"),
            RefusalKind.Asked => (refusal.Asked.Status, "error", $"asked for by the prompt ({refusal.Asked.Code})"),
            RefusalKind.NotJson => (400, "bad_request_error", "invalid params, body is not JSON (2013)"),
            _ => (400, "bad_request_error", $"invalid params, {refusal.Wrong?.Path} {refusal.Wrong?.Message} (2013)"),
        };
        return new(status, new JsonObject
        {
            ["type"] = "error", ["error"] = new JsonObject { ["type"] = type, ["message"] = message, ["http_code"] = $"{status}" }, ["request_id"] = "0673a1b2",
        });
    }

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        const string query = "v2/query/video_generation";
        routes.MapPost("v2/video_generation", endpoints.Submit((body, _) => Read(body), view => Reply.Ok(new JsonObject { ["task_id"] = view.Job.Id })));
        routes.MapPost("v2/video_regeneration", endpoints.Submit((body, _) => Again(endpoints, body), view => Reply.Ok(new JsonObject { ["task_id"] = view.Job.Id })));
        routes.MapGet(query + "/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Reply.Ok(new JsonObject { ["task"] = Task(view) })));
        routes.MapDelete("v2/video_generation/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Delete(endpoints, view)));
        routes.MapGet(query, endpoints.Respond(context =>
            {
            var word = context.Request.Query["filter.status"].ToString();
            var model = context.Request.Query["filter.model"].ToString();
            var all = endpoints.Newest().Where(j => !j.Order.Facts.ContainsKey("v1")).Select(j => Task(endpoints.ViewOf(context, j)))
                .Where(t => (word.Length == 0 || (string?)t["status"] == word) && (model.Length == 0 || (string?)t["model"] == model)).ToList();
            var size = int.TryParse(context.Request.Query["page_size"], out var asked) && asked is > 0 and <= 500 ? asked : 20;
            var page = int.TryParse(context.Request.Query["page_num"], out var number) && number > 0 ? number : 1;
            return Reply.Ok(new JsonObject { ["items"] = new JsonArray([.. all.Skip((page - 1) * size).Take(size)]), ["total"] = all.Count });
        }));
        MiniMaxOld.Map(routes, endpoints);
    }

    private static Order Read(Reading body)
    {
        body.Only("model", "content", "resolution", "duration", "ratio", "callback_url", "aigc_watermark");
        var model = body.Model("model", "MiniMax-H3", "MiniMax-H3-Max");
        var isMax = model == "MiniMax-H3-Max";
        var content = ArkContent.Read(body, 7000, images: 9, others: 3, most: 12);
        var resolution = body.MaybeOneOf("resolution", isMax ? ["480P", "768P"] : ["768P", "2K"]) ?? "768P";
        var seconds = body.MaybeWhole("duration", isMax ? 5 : 4, 15) ?? 5;
        var ratio = body.MaybeOneOf("ratio", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16", "adaptive");
        body.MaybeFlag("aigc_watermark");
        if (content.Media == 0 && ratio is null or "adaptive")
        {
            body.Fail("ratio", "is required for text to video, and must not be adaptive");
        }

        return new(model, content.Prompt, [Piece.Video(Shape.Of(ratio, Shape.Shorter(resolution, 768)), seconds)])
        {
            Webhook = body.MaybeText("callback_url"),
            Facts = new()
            {
                ["resolution"] = resolution, ["duration"] = seconds, ["ratio"] = ratio ?? "adaptive", ["images"] = content.Media,
                ["task_type"] = content.Media == 0 ? "text_to_video" : "image_to_video",
            },
        };
    }

    /// <summary>A finished task once more, in 2K.</summary>
    private static Order? Again(JobEndpoints endpoints, Reading body)
    {
        body.Only("model", "source_task_id", "resolution", "callback_url", "aigc_watermark");
        var model = body.Model("model", "MiniMax-H3", "MiniMax-H3-Max");
        body.OneOf("resolution", "2K");
        if (endpoints.Find(body.Text("source_task_id")) is not { } source)
        {
            body.Fail("source_task_id", "is no task");
            return null;
        }

        var facts = (JsonObject)source.Order.Facts.DeepClone();
        facts["resolution"] = "2K";
        return new(model, source.Prompt, source.Order.Pieces) { Facts = facts };
    }

    private static JsonObject Task(View view)
    {
        var done = view.State == JobState.Succeeded;
        var facts = view.Order.Facts;
        return new()
        {
            ["id"] = view.Job.Id,
            ["model"] = view.Order.Model,
            ["status"] = view.State switch
            {
                JobState.Queued => "queued",
                JobState.Running => "running",
                JobState.Succeeded => "succeeded",
                JobState.Cancelled => "cancelled",
                JobState.TimedOut => "expired",
                _ => "failed",
            },
            ["error"] = view.State switch
            {
                JobState.Moderated => new JsonObject { ["code"] = "1027", ["message"] = "output new_sensitive" },
                JobState.Failed => new JsonObject { ["code"] = view.Job.Magic.Fail ?? "1000", ["message"] = "unknown error" },
                _ => null,
            },
            ["created_at"] = view.AcceptedSeconds,
            ["updated_at"] = view.ChangedAt.ToUnixTimeSeconds(),
            ["content"] = done ? new JsonObject { ["url"] = view.Link() } : null,
            ["resolution"] = facts["resolution"]?.DeepClone(),
            ["duration"] = facts["duration"]?.DeepClone(),
            ["ratio"] = facts["ratio"]?.DeepClone(),
            ["task_type"] = facts["task_type"]?.DeepClone(),
            ["modality"] = "video",
            ["usage"] = !done ? null : new JsonObject
            {
                ["total_seconds"] = facts["duration"]!.DeepClone(), ["input_seconds"] = 0, ["output_seconds"] = facts["duration"]!.DeepClone(),
                ["image_count"] = facts["images"]!.DeepClone(),
            },
        };
    }

    /// <summary>Cancels what waits, forgets what has ended, and refuses for what runs.</summary>
    private Reply Delete(JobEndpoints endpoints, View view)
    {
        if (view.State == JobState.Running)
        {
            return Refuse(new(RefusalKind.Invalid) { Wrong = new(WrongKind.Value, "task", "is running and cannot be deleted") });
        }

        if (view.Job.Clock.Cancel(view.Now) == JobPhase.Done)
        {
            endpoints.Remove(view.Job.Id);
        }

        return Reply.Ok(new JsonObject());
    }
}
