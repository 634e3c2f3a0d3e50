using System.Globalization;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Kling;

/// <summary>Kling: the new generation (<c>/text-to-video/{model}</c> and <c>/tasks</c>), and a part of the old one.</summary>
internal sealed class KlingStandIn : StandInApi
{
    private static readonly string[] s_models = ["kling-3.0", "kling-3.0-turbo", "kling-2.6", "kling-2.5-turbo"];

    public override string Name => "kling";

    public override TimeSpan KnownFor => TimeSpan.FromDays(30);

    public static JsonObject Good(JsonNode data) => new() { ["code"] = 0, ["message"] = "SUCCEED", ["request_id"] = "req-sandbox", ["data"] = data };

    public override string NewId(Chance chance) => $"88{chance.Next(100_000_000):D8}{chance.Next(1_000_000_000):D9}";

    public override Refusal? Check(HttpContext context, ApiKeyRule rule, SandboxOptions options) =>
        KlingToken.IsOne(KeyOf(context)) ? KlingToken.Check(KeyOf(context), context.Request.Path, options) : base.Check(context, rule, options);

    public override JsonNode Called(View view) => view.Order.Facts.ContainsKey("legacy") ? KlingLegacy.Task(view) : Task(view);

    /// <summary>The code alone distinguishes six meanings of 429.</summary>
    public override Reply Refuse(Refusal refusal)
    {
        var (status, code, message) = refusal.Kind switch
        {
            RefusalKind.MissingKey => (401, 1001, "Authorization is empty"),
            RefusalKind.WrongKey => (401, int.TryParse(refusal.Subject, out var known) ? known : 1002, refusal.Subject switch
            {
                "1003" => "Authorization is not active yet",
                "1004" => "Authorization has expired",
                _ => "api key not found",
            }),
            RefusalKind.UnknownModel => (404, 1203, "The requested resource does not exist: model"),
            RefusalKind.UnknownJob => (404, 1203, "The requested resource does not exist: task"),
            RefusalKind.UnknownPath => (404, 1202, "The requested method does not exist"),
            RefusalKind.RateLimited => (429, 1302, "API requests exceed the rate limit"),
            RefusalKind.TooManyJobs => (429, 1303, "parallel task over resource pack limit"),
            RefusalKind.NoCredits => (429, 1102, "Account balance not enough"),
            RefusalKind.Unavailable => (503, 5001, "Service temporarily unavailable"),
            RefusalKind.Asked => (refusal.Asked.Status, int.TryParse(refusal.Asked.Code, out var asked) ? asked : refusal.Asked.Status == 401 ? 1000 : 5000, "Asked for by the prompt"),
            RefusalKind.NotJson => (400, 1200, "Invalid request body"),
            _ => (400, 1201, $"{refusal.Wrong?.Path} value is invalid: it {refusal.Wrong?.Message}"),
        };
        return new(status, new JsonObject { ["code"] = code, ["message"] = message, ["request_id"] = "req-sandbox" });
    }

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        foreach (var (path, kind) in ((string, string)[])[("text-to-video", "text"), ("image-to-video", "image"), ("omni-video", "omni")])
        {
            routes.MapPost(path + "/{model}", endpoints.Submit((body, context) => Read(endpoints, kind, JobEndpoints.RouteValue("model")(context)!, body), Submitted));
        }

        routes.MapGet("tasks", endpoints.Guard(context => endpoints.Find(context.Request.Query["task_ids"].ToString()) is { } job
            ? endpoints.PollAsync(context, job, () => Tasks(endpoints, context).WriteAsync(context))
            : Tasks(endpoints, context).WriteAsync(context)));
        routes.MapPost("tasks", endpoints.Respond(context => List(endpoints, context)));
        routes.MapGet("account/costs", endpoints.Respond(Costs));
        KlingLegacy.Map(routes, endpoints);
    }

    private static Order? Read(JobEndpoints endpoints, string kind, string model, Reading body)
    {
        if (!(kind == "omni" ? ["kling-3.0-omni"] : s_models).Contains(model))
        {
            body.Fail("model", model, WrongKind.Model);
            return null;
        }

        body.Only(kind == "text" ? "prompt" : "contents", "settings", "options");
        var isOld = model.StartsWith("kling-2", StringComparison.Ordinal);
        var longest = model == "kling-2.6" ? 2500 : 3072;
        var contents = body.List("contents");
        var prompt = kind == "text" ? body.Text("prompt", longest) : contents.FirstOrDefault(c => c.MaybeText("type") == "prompt")?.Text("text", longest) ?? "";
        var settings = body.Object("settings");
        settings.Only(["multi_shot", "audio", "resolution", "duration", .. kind == "image" ? Array.Empty<string>() : ["aspect_ratio"]]);
        var resolution = settings.MaybeOneOf("resolution", model is "kling-3.0" or "kling-3.0-omni" ? ["720p", "1080p", "4k"] : ["720p", "1080p"]) ?? "720p";
        var audio = settings.MaybeOneOf("audio", "native", "off") ?? "off";
        var ratio = settings.MaybeOneOf("aspect_ratio", "16:9", "9:16", "1:1");
        var seconds = settings.MaybeWhole("duration", 3, 15) ?? 5;
        settings.MaybeFlag("multi_shot");
        if (isOld && seconds is not (5 or 10))
        {
            settings.Fail("duration", "must be 5 or 10");
        }

        if (audio == "native" && (model == "kling-2.5-turbo" || (model == "kling-2.6" && resolution != "1080p")))
        {
            settings.Fail("audio", "is not supported by this model at this resolution");
        }

        CheckContents(kind, contents, body, isOld && resolution != "1080p");
        var options = body.Object("options");
        options.Only("external_task_id", "callback_url", "watermark_info");
        var external = options.MaybeText("external_task_id");
        if (external is not null && endpoints.Newest().Any(j => j.Order.ExternalId == external))
        {
            options.Fail("external_task_id", "is in use already");
        }

        var price = Price(model, resolution, audio == "native", contents.Any(c => c.MaybeText("type") == "refer_video")) * seconds;
        return new(model, prompt, [Piece.Video(Shape.Of(ratio, Shape.Shorter(resolution, 720)), seconds)])
        {
            ExternalId = external,
            Webhook = options.MaybeText("callback_url"),
            Facts = new() { ["amount"] = price.ToString("0.00##", CultureInfo.InvariantCulture), ["duration"] = $"{seconds}.041" },
        };
    }

    private static void CheckContents(string kind, IReadOnlyList<Reading> contents, Reading body, bool noLastFrame)
    {
        foreach (var content in contents)
        {
            var type = content.OneOf("type", kind == "omni" ? ["prompt", "first_frame", "last_frame", "refer_image", "refer_video"]
                : ["prompt", "first_frame", "last_frame"]);
            content.Only(type == "prompt" ? ["type", "text"] : type.StartsWith("refer", StringComparison.Ordinal) ? ["type", "url", "id"] : ["type", "url"]);
            if (type != "prompt")
            {
                content.Link("url", Inline.Base64);
            }
        }

        int Count(string type) => contents.Count(c => c.MaybeText("type") == type);
        if (Count("last_frame") > 0 && (Count("first_frame") == 0 || noLastFrame))
        {
            body.Fail("contents", "may hold last_frame only with first_frame, and at 1080p for this model");
        }

        if ((kind == "image" && Count("first_frame") != 1) || (kind == "omni" && contents.Count == 0) || Count("refer_image") > 7 || Count("prompt") > 1)
        {
            body.Fail("contents", "must hold one first_frame, at most one prompt and at most 7 refer_image");
        }
    }

    /// <summary>US dollars a second (kling.md, section 9).</summary>
    private static decimal Price(string model, string resolution, bool audio, bool video) => (model, resolution) switch
    {
        (_, "4k") => .42m,
        ("kling-3.0", "720p") => audio ? .126m : .084m,
        ("kling-3.0", _) => audio ? .168m : .112m,
        ("kling-3.0-turbo", "720p") => .112m,
        ("kling-3.0-turbo", _) => .14m,
        ("kling-3.0-omni", "720p") => video ? .126m : audio ? .112m : .084m,
        ("kling-3.0-omni", _) => video ? .168m : audio ? .14m : .112m,
        (_, "720p") => .042m,
        _ => audio ? .14m : .07m,
    };

    private static Reply Submitted(View view) => Reply.Ok(Good(new JsonObject
    {
        ["id"] = view.Job.Id,
        ["status"] = "submitted",
        ["create_time"] = view.AcceptedMilliseconds,
        ["update_time"] = view.AcceptedMilliseconds,
        ["external_id"] = view.Order.ExternalId ?? "",
    }));

    private static JsonObject Task(View view)
    {
        var done = view.State == JobState.Succeeded;
        return new()
        {
            ["id"] = view.Job.Id,
            ["status"] = view.State switch { JobState.Queued => "submitted", JobState.Running => "processing", JobState.Succeeded => "succeeded", _ => "failed" },
            ["message"] = Message(view.State),
            ["create_time"] = view.AcceptedMilliseconds,
            ["update_time"] = view.ChangedAt.ToUnixTimeMilliseconds(),
            ["external_id"] = view.Order.ExternalId ?? "",
            ["outputs"] = done ? new JsonArray(Output(view)) : [],
            ["billing"] = done ? new JsonArray(Bill(view)) : [],
        };
    }

    public static string Message(JobState state) => state switch
    {
        JobState.Moderated => "Failure to pass the risk control system",
        JobState.Failed or JobState.TimedOut => "Internal generation error",
        _ => "",
    };

    private static JsonObject Output(View view) => new()
    {
        ["type"] = "video", ["id"] = "v" + view.Job.Id[^4..], ["url"] = view.Link(), ["watermark_url"] = "", ["duration"] = view.Order.Facts["duration"]!.DeepClone(),
    };

    private static JsonObject Bill(View view) => new()
    {
        ["charge_type"] = "cash", ["cash_type"] = "balance", ["amount"] = view.Order.Facts["amount"]!.DeepClone(), ["currency"] = "USD", ["package_type"] = "video",
        ["list_price"] = view.Order.Facts["amount"]!.DeepClone(),
    };

    /// <summary>By ids or by the caller's own ids: exactly one of them. What is not known is left out.</summary>
    private Reply Tasks(JobEndpoints endpoints, HttpContext context)
    {
        var ids = context.Request.Query["task_ids"].ToString();
        var external = context.Request.Query["external_task_ids"].ToString();
        if (ids.Length == 0 == (external.Length == 0))
        {
            return Refuse(new(RefusalKind.Invalid) { Wrong = new(WrongKind.Missing, "task_ids", "or external_task_ids must be given, not both") });
        }

        var jobs = ids.Length > 0
            ? ids.Split(',').Select(endpoints.Find).OfType<EngineJob>()
            : endpoints.Newest().Where(j => external.Split(',').Contains(j.Order.ExternalId));
        return Reply.Ok(Good(new JsonArray([.. jobs.Select(j => Task(endpoints.ViewOf(context, j)))])));
    }

    private static Reply List(JobEndpoints endpoints, HttpContext context)
    {
        var tasks = endpoints.Newest().Take(500).Select(j => Task(endpoints.ViewOf(context, j))).ToArray();
        return Reply.Ok(Good(new JsonObject { ["result"] = new JsonArray(tasks), ["count"] = tasks.Length, ["next_cursor"] = "", ["has_more"] = false }));
    }

    private Reply Costs(HttpContext context) => context.Request.Query.ContainsKey("start_time") && context.Request.Query.ContainsKey("end_time")
        ? Reply.Ok(Good(new JsonObject { ["code"] = 0, ["msg"] = "success", ["resource_pack_subscribe_infos"] = new JsonArray() }))
        : Refuse(new(RefusalKind.Invalid) { Wrong = new(WrongKind.Missing, "start_time", "is required") });
}
