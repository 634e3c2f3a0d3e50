using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.BytePlus;

/// <summary>BytePlus ModelArk: Seedance clips as tasks, Seedream pictures at once.</summary>
internal sealed class BytePlusStandIn : StandInApi
{
    private const string Tasks = "api/v3/contents/generations/tasks";

    private static readonly BytePlusModel[] s_videos =
    [
        new("dreamina-seedance-2-5-260628", ["480p", "720p", "1080p"], 4, 30),
        new("dreamina-seedance-2-0-260128", ["480p", "720p", "1080p", "4k"], 4, 15),
        new("dreamina-seedance-2-0-fast-260128", ["480p", "720p"], 4, 15),
        new("dreamina-seedance-2-0-mini-260615", ["480p", "720p"], 4, 15),
        new("seedance-1-5-pro-251215", ["480p", "720p", "1080p"], 4, 12) { HasSound = true },
        new("seedance-1-0-pro-250528", ["480p", "720p", "1080p"], 2, 12),
        new("seedance-1-0-pro-fast-251015", ["480p", "720p", "1080p"], 2, 12),
    ];

    public override string Name => "byteplus";

    public override string NewId(Chance chance) => $"cgt-20261120{chance.Next(240_000):D6}-{chance.Hex(3)[..5]}";

    public override JsonNode? Called(View view) => Task(view);

    public override Reply Refuse(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.MissingKey or RefusalKind.WrongKey => Error(401, "AuthenticationError", "The API key in the request is missing or invalid.", "Unauthorized"),
        RefusalKind.UnknownModel => Error(
            404, "InvalidEndpointOrModel.NotFound", $"The model or endpoint {refusal.Subject} does not exist or you do not have access to it.", "NotFound"),
        RefusalKind.UnknownJob => Error(404, "ResourceNotFound", "The specified task is not found.", "NotFound"),
        RefusalKind.UnknownPath => Error(404, "ResourceNotFound", "The specified resource is not found.", "NotFound"),
        RefusalKind.RateLimited => Error(
            429, "ModelAccountRpmRateLimitExceeded", "The requests per minute limit of the model for this account is exceeded.", "TooManyRequests"),
        RefusalKind.TooManyJobs => Error(429, "RateLimitExceeded.EndpointRPMExceeded", "Too many tasks are running.", "TooManyRequests"),
        RefusalKind.NoCredits => Error(403, "AccountOverdueError", "The account has an overdue balance.", "Forbidden"),
        RefusalKind.Unavailable => Error(429, "ServerOverloaded", "The service is currently unable to handle additional requests due to server overload.",
        "TooManyRequests"),
        RefusalKind.Failed or RefusalKind.TimedOut => Error(500, "InternalServiceError", "The service encountered an unexpected internal error.", "InternalServerError"),
        RefusalKind.Asked => Error(refusal.Asked.Status, refusal.Asked.Code, "Asked for by the prompt.", "Asked"),
        RefusalKind.NotJson => Error(400, "InvalidParameter", "The request body is not valid JSON.", "BadRequest"),
        _ => Error(
            400, refusal.Wrong?.Kind == WrongKind.Missing ? "MissingParameter" : "InvalidParameter",
            $"The parameter `{refusal.Wrong?.Path}` specified in the request is not valid: it {refusal.Wrong?.Message}.", "BadRequest", refusal.Wrong?.Path),
    };

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        routes.MapPost(Tasks, endpoints.Submit((body, _) => Video(body), view => Reply.Ok(new JsonObject { ["id"] = view.Job.Id })));
        routes.MapGet(Tasks + "/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Reply.Ok(Task(view))));
        routes.MapDelete(Tasks + "/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Delete(endpoints, view)));
        routes.MapGet(Tasks, endpoints.Respond(context => List(endpoints, context)));
        routes.MapPost("api/v3/images/generations", endpoints.Submit((body, _) => BytePlusImages.Read(body), BytePlusImages.AnswerAsync, true, Refuse));
    }

    internal static Reply Error(int status, string code, string message, string type, string? param = null)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message, ["type"] = type };
        if (param is not null)
        {
            error["param"] = param;
        }

        return new(status, new JsonObject { ["error"] = error });
    }

    private static Order? Video(Reading body)
    {
        body.Only(
            "model", "content", "resolution", "ratio", "duration", "frames", "seed", "camera_fixed", "generate_audio", "watermark", "return_last_frame",
            "service_tier", "draft",
            "execution_expires_after", "callback_url", "priority");
        var name = body.Model("model", [.. s_videos.Select(m => m.Name)]);
        if (s_videos.FirstOrDefault(m => m.Name == name) is not { } model)
        {
            return null;
        }

        var content = ArkContent.Read(body, 20_000, images: 9, others: 3, most: 12);
        var resolution = body.MaybeOneOf("resolution", model.Resolutions) ?? "720p";
        var ratio = body.MaybeOneOf("ratio", "16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "adaptive") ?? (model.IsSecond ? "adaptive" : "16:9");
        var seconds = body.MaybeWhole("duration", -1, model.Longest) ?? 5;
        if (seconds != -1 && seconds < model.Shortest)
        {
            body.Fail("duration", $"must be between {model.Shortest} and {model.Longest}");
        }

        if (body.MaybeWhole("frames", 29, 289) is { } frames && (model.IsSecond || (frames - 25) % 4 != 0))
        {
            body.Fail("frames", "must be 25 + 4n, and only with a model of the first generation");
        }

        if (body.MaybeWhole("seed", -1, uint.MaxValue) is not null && model.IsSecond)
        {
            body.Fail("seed", "is not supported by this model", WrongKind.Unknown);
        }

        foreach (var flag in (string[])["camera_fixed", "generate_audio", "watermark", "return_last_frame", "draft"])
        {
            body.MaybeFlag(flag);
        }

        if (body.Has("generate_audio") && !model.IsSecond && !model.HasSound)
        {
            body.Fail("generate_audio", "is not supported by this model", WrongKind.Unknown);
        }

        if (body.MaybeOneOf("service_tier", "default", "flex") == "flex" && model.IsSecond)
        {
            body.Fail("service_tier", "flex is not supported by this model");
        }

        seconds = seconds < 0 ? 5 : seconds;
        var deadline = body.MaybeWhole("execution_expires_after", 3_600, 259_200) ?? 172_800;
        var size = Shape.Of(ratio, Shape.Shorter(resolution, 720));
        return new(name, content.Prompt, body.MaybeFlag("return_last_frame") == true ? [Piece.Video(size, seconds), Piece.Image("jpeg", size)]
            : [Piece.Video(size, seconds)])
        {
            Webhook = body.MaybeText("callback_url"),
            Deadline = TimeSpan.FromSeconds(deadline),
            Facts = new()
            {
                ["resolution"] = resolution, ["ratio"] = ratio, ["duration"] = seconds, ["expires"] = deadline, ["tier"] = body.MaybeText("service_tier") ?? "default",
                ["seed"] = body.MaybeWhole("seed") ?? 58_944, ["tokens"] = FramesOf(body, seconds) * size.Width * size.Height / 1024,
            },
        };
    }

    /// <summary>A clip has one frame more than 24 a second.</summary>
    private static long FramesOf(Reading body, long seconds) => body.MaybeWhole("frames") ?? (24 * seconds) + 1;

    private static JsonObject Task(View view)
    {
        var facts = view.Order.Facts;
        var task = new JsonObject
        {
            ["id"] = view.Job.Id,
            ["model"] = view.Order.Model,
            ["status"] = Word(view.State),
            ["created_at"] = view.AcceptedSeconds,
            ["updated_at"] = view.ChangedAt.ToUnixTimeSeconds(),
            ["service_tier"] = facts["tier"]!.DeepClone(),
            ["execution_expires_after"] = facts["expires"]!.DeepClone(),
        };
        switch (view.State)
        {
            case JobState.Moderated:
                task["error"] = new JsonObject
                {
                    ["code"] = "OutputVideoSensitiveContentDetected", ["message"] = "The request failed because the output video may contain sensitive information.",
                };
                break;
            case JobState.Failed:
                task["error"] = new JsonObject { ["code"] = view.Job.Magic.Fail ?? "InternalServiceError",
                    ["message"] = "The service encountered an unexpected internal error." };
                break;
            case JobState.Succeeded:
                var content = new JsonObject { ["video_url"] = view.Link() };
                if (view.Order.Pieces.Count > 1)
                {
                    content["last_frame_url"] = view.Link(1);
                }

                task["content"] = content;
                task["usage"] = new JsonObject { ["completion_tokens"] = facts["tokens"]!.DeepClone(), ["total_tokens"] = facts["tokens"]!.DeepClone() };
                foreach (var name in (string[])["seed", "resolution", "ratio", "duration"])
                {
                    task[name] = facts[name]!.DeepClone();
                }

                task["framespersecond"] = 24;
                break;
            default:
                break;
        }

        return task;
    }

    private static string Word(JobState state) => state switch
    {
        JobState.Queued => "queued",
        JobState.Running => "running",
        JobState.Succeeded => "succeeded",
        JobState.Cancelled => "cancelled",
        JobState.TimedOut => "expired",
        _ => "failed",
    };

    private static Reply List(JobEndpoints endpoints, HttpContext context)
    {
        var query = context.Request.Query;
        var ids = query["filter.task_ids"].OfType<string>().ToArray();
        var all = endpoints.Newest().Where(j => j.Order.IsVideo && (ids.Length == 0 || ids.Contains(j.Id))).Select(j => Task(endpoints.ViewOf(context, j)))
            .Where(t => (query["filter.status"].Count == 0 || t["status"]!.GetValue<string>() == query["filter.status"])
                && (query["filter.model"].Count == 0 || t["model"]!.GetValue<string>() == query["filter.model"]))
            .ToList();
        var size = int.TryParse(query["page_size"], out var asked) && asked is > 0 and <= 500 ? asked : 20;
        var page = int.TryParse(query["page_num"], out var number) && number > 0 ? number : 1;
        return Reply.Ok(new JsonObject { ["items"] = new JsonArray([.. all.Skip((page - 1) * size).Take(size)]), ["total"] = all.Count });
    }

    /// <summary>Cancels what waits, forgets what has ended, and refuses for what runs.</summary>
    private static Reply Delete(JobEndpoints endpoints, View view)
    {
        if (view.State == JobState.Running)
        {
            return Error(400, "InvalidAction.RunningTaskDeletion", "A running task cannot be deleted.", "BadRequest");
        }

        if (view.Job.Clock.Cancel(view.Now) == JobPhase.Done)
        {
            endpoints.Remove(view.Job.Id);
        }

        return new(StatusCodes.Status204NoContent);
    }
}
