using System.Globalization;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;

namespace Framegate.Sandbox.Alibaba;

/// <summary>Alibaba's DashScope: Wan clips and pictures as tasks, pictures also at once.</summary>
internal sealed class AlibabaStandIn : StandInApi
{
    private const string Services = "api/v1/services/aigc/";
    private const string AsyncHeader = "X-DashScope-Async";

    public override string Name => "alibaba";

    public override TimeSpan KnownFor => TimeSpan.FromHours(24);

    public override Reply Refuse(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.MissingKey => Error(401, "InvalidApiKey", "No API-key provided."),
        RefusalKind.WrongKey => Error(401, "InvalidApiKey", "Invalid API-key provided."),
        RefusalKind.UnknownModel => Error(404, "ModelNotFound", $"The model {refusal.Subject} can not be found."),
        RefusalKind.UnknownPath or RefusalKind.UnknownJob => Error(404, "NotFound", "Not Found"),
        RefusalKind.RateLimited => Error(429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later."),
        RefusalKind.TooManyJobs => Error(429, "Throttling.BurstRate", "Request rate increased too quickly."),
        RefusalKind.NoCredits => Error(400, "Arrearage", "Access denied, please make sure your account is in good standing."),
        RefusalKind.Unavailable => Error(503, "ServiceUnavailable", "The service is temporarily unavailable."),
        RefusalKind.Moderated => Error(400, "DataInspectionFailed", "Input data may contain inappropriate content."),
        RefusalKind.Failed => Error(500, "InternalError", "An internal error has occured, please try again later."),
        RefusalKind.TimedOut => Error(500, "InternalError.Timeout", "The request timed out."),
        RefusalKind.Asked => Error(refusal.Asked.Status, refusal.Asked.Code, "Asked for by the prompt."),
        RefusalKind.NotJson => Error(400, "BadRequest.InvalidJson", "The request body is not valid JSON."),
        _ => refusal.Wrong?.Kind == WrongKind.Header
            ? Error(403, "AccessDenied", "current user api does not support synchronous calls.")
            : Error(400, "InvalidParameter", $"{refusal.Wrong?.Field} {refusal.Wrong?.Message}"),
    };

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        routes.MapPost(Services + "video-generation/video-synthesis", endpoints.Submit((body, context) => Asked(body, context) ? AlibabaVideo.Read(body) : null, Submitted));
        routes.MapPost(Services + "image-generation/generation", endpoints.Submit((body, context) => Asked(body, context) ? AlibabaImage.Read(body) : null, Submitted));
        routes.MapPost(Services + "multimodal-generation/generation", endpoints.Submit((body, _) => AlibabaImage.Read(body), AtOnce, waits: true));
        routes.MapGet("api/v1/tasks/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Reply.Ok(Task(view)), Unknown));
        routes.MapPost("api/v1/tasks/{id}/cancel", endpoints.ForJob(JobEndpoints.RouteValue("id"), Cancel, _ => TooLate()));
        routes.MapGet("api/v1/tasks", endpoints.Respond(context => List(endpoints, context)));
    }

    internal static Reply Error(int status, string code, string message) =>
        new(status, new JsonObject { ["code"] = code, ["message"] = message, ["request_id"] = "req-sandbox" });

    /// <summary>The header that asks for a task; without it the call counts as one that waits.</summary>
    private static bool Asked(Reading body, HttpContext context)
    {
        if (context.Request.Headers[AsyncHeader] == "enable")
        {
            return true;
        }

        body.Fail(AsyncHeader, "is required", WrongKind.Header);
        return false;
    }

    private static Reply Submitted(View view) =>
        Reply.Ok(new JsonObject { ["output"] = new JsonObject { ["task_status"] = "PENDING", ["task_id"] = view.Job.Id }, ["request_id"] = "req-sandbox" });

    private Reply AtOnce(View view) => view.State switch
    {
        JobState.Succeeded => Reply.Ok(new JsonObject { ["output"] = new JsonObject { ["choices"] = AlibabaImage.Choices(view) },
            ["usage"] = AlibabaImage.Usage(view), ["request_id"] = "req-sandbox" }),
        _ => Refuse(view.Failure),
    };

    private static Reply Unknown(string id) =>
        Reply.Ok(new JsonObject { ["request_id"] = "req-sandbox", ["output"] = new JsonObject { ["task_id"] = id, ["task_status"] = "UNKNOWN" } });

    private static JsonObject Task(View view)
    {
        var output = new JsonObject
        {
            ["task_id"] = view.Job.Id,
            ["task_status"] = Word(view.State),
            ["submit_time"] = Text(view.Timeline.AcceptedAt),
            ["scheduled_time"] = Text(view.Timeline.StartsAt),
        };
        var answer = new JsonObject { ["request_id"] = "req-sandbox", ["output"] = output };
        switch (view.State)
        {
            case JobState.Moderated:
                (output["code"], output["message"]) = ("DataInspectionFailed", "Input data may contain inappropriate content.");
                output["end_time"] = Text(view.Timeline.DoneAt);
                break;
            case JobState.Failed or JobState.TimedOut:
                (output["code"], output["message"]) = (view.State == JobState.TimedOut ? "InternalError.Timeout" : view.Job.Magic.Fail ?? "InternalError.Algo",
                    "An internal error has occurred during execution.");
                output["end_time"] = Text(view.Timeline.DoneAt);
                break;
            case JobState.Succeeded when view.Order.IsVideo:
                output["end_time"] = Text(view.Timeline.DoneAt);
                output["video_url"] = view.Link();
                output["orig_prompt"] = view.Order.Prompt;
                output["actual_prompt"] = view.Order.Prompt;
                answer["usage"] = view.Order.Facts["usage"]!.DeepClone();
                break;
            case JobState.Succeeded:
                output["choices"] = AlibabaImage.Choices(view);
                answer["usage"] = AlibabaImage.Usage(view);
                break;
            default:
                break;
        }

        return answer;
    }

    private static string Word(JobState state) => state switch
    {
        JobState.Queued => "PENDING",
        JobState.Running => "RUNNING",
        JobState.Succeeded => "SUCCEEDED",
        JobState.Cancelled => "CANCELED",
        _ => "FAILED",
    };

    /// <summary>Only what waits can be cancelled.</summary>
    private static Reply Cancel(View view)
    {
        if (view.State != JobState.Queued)
        {
            return TooLate();
        }

        view.Job.Clock.Cancel(view.Now);
        return Reply.Ok(new JsonObject { ["request_id"] = "req-sandbox" });
    }

    private static Reply TooLate() => Error(400, "UnsupportedOperation", "Failed to cancel the task, please confirm if the task is in PENDING status.");

    private static Reply List(JobEndpoints endpoints, HttpContext context)
    {
        var query = context.Request.Query;
        var all = endpoints.Newest().Select(j => endpoints.ViewOf(context, j))
            .Where(v => (query["model_name"].Count == 0 || v.Order.Model == query["model_name"])
                && (query["status"].Count == 0 || Word(v.State) == query["status"])).ToList();
        var size = int.TryParse(query["page_size"], out var asked) && asked is > 0 and <= 100 ? asked : 10;
        var page = int.TryParse(query["page_no"], out var number) && number > 0 ? number : 1;
        return Reply.Ok(new JsonObject
        {
            ["request_id"] = "req-sandbox",
            ["data"] = new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(v => new JsonObject
            {
                ["task_id"] = v.Job.Id, ["status"] = Word(v.State), ["model_name"] = v.Order.Model, ["start_time"] = v.AcceptedMilliseconds,
                ["gmt_create"] = v.AcceptedMilliseconds,
            })]),
            ["total"] = all.Count, ["page_no"] = page, ["page_size"] = size,
        });
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
