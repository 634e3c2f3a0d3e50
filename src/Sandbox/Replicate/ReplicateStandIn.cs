using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Replicate;

/// <summary>Replicate: predictions of official models, of versions and of deployments.</summary>
internal sealed partial class ReplicateStandIn : StandInApi
{
    private static readonly byte[] s_secret = RandomNumberGenerator.GetBytes(24);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(60);

    public override string Name => "replicate";

    /// <summary>Input and output are erased after one hour.</summary>
    public override TimeSpan Lifetime => TimeSpan.FromHours(1);

    public override string KeyOf(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith("Token ", StringComparison.OrdinalIgnoreCase) ? header["Token ".Length..].Trim() : base.KeyOf(context);
    }

    public override string NewId(Chance chance) => string.Concat(Enumerable.Range(0, 26).Select(_ => (char)('a' + chance.Next(26))));

    public override JsonNode? Called(View view) => Prediction(view);

    /// <summary>Standard Webhooks.</summary>
    public override IReadOnlyList<KeyValuePair<string, string>> Sign(string job, byte[] body, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] message = [.. System.Text.Encoding.UTF8.GetBytes($"msg_{job}.{time}."), .. body];
        return [new("webhook-id", $"msg_{job}"), new("webhook-timestamp", time), new("webhook-signature", "v1," + Convert.ToBase64String(HMACSHA256.HashData(s_secret, message)))];
    }

    public override Reply Refuse(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.MissingKey or RefusalKind.WrongKey => Problem(401, "Unauthenticated", "You did not pass a valid authentication token"),
        RefusalKind.UnknownModel => refusal.Subject.Length > 0 && !refusal.Subject.Contains('/')
            ? Problem(422, "Invalid version or not permitted", "The specified version does not exist (or perhaps you don't have permission to use it?)")
            : Problem(404, null, "The requested resource could not be found."),
        RefusalKind.UnknownJob or RefusalKind.UnknownPath => Problem(404, null, "The requested resource could not be found."),
        RefusalKind.RateLimited or RefusalKind.TooManyJobs =>
            new Reply(429, new JsonObject { ["detail"] = "Request was throttled. Your rate limit resets in ~1s." }).With("Retry-After", "1"),
        RefusalKind.NoCredits => Problem(
            402, "Insufficient credit", "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit."),
        RefusalKind.Unavailable => Problem(503, null, "Service unavailable"),
        RefusalKind.Asked => Problem(refusal.Asked.Status, refusal.Asked.Code.Replace('_', ' '), "Asked for by the prompt"),
        RefusalKind.NotJson => Problem(400, "Invalid request", "The request body is not valid JSON"),
        _ => Invalid(refusal.Wrong!),
    };

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        routes.MapPost("v1/models/{owner}/{name}/predictions",
            Submit(endpoints, (body, context) => Read(body, $"{JobEndpoints.RouteValue("owner")(context)}/{JobEndpoints.RouteValue("name")(context)}", "hidden", context)));
        routes.MapPost("v1/deployments/{owner}/{name}/predictions",
            Submit(endpoints, (body, context) => Read(body, $"{JobEndpoints.RouteValue("owner")(context)}/{JobEndpoints.RouteValue("name")(context)}", "hidden", context)));
        routes.MapPost("v1/predictions", Submit(endpoints, ReadVersion));
        routes.MapGet("v1/predictions/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Reply.Ok(Prediction(view))));
        routes.MapPost("v1/predictions/{id}/cancel", endpoints.ForJob(JobEndpoints.RouteValue("id"), view =>
            {
            view.Job.Clock.Cancel(view.Now);
            return Reply.Ok(Prediction(endpoints.ViewOf(view)));
        }));
        routes.MapGet("v1/predictions", endpoints.Respond(context => List(endpoints, context)));
        routes.MapGet("v1/webhooks/default/secret", endpoints.Respond(_ => Reply.Ok(new JsonObject { ["key"] = "whsec_" + Convert.ToBase64String(s_secret) })));
        routes.MapGet("v1/account", endpoints.Respond(_ =>
            Reply.Ok(new JsonObject { ["type"] = "organization", ["username"] = "sandbox", ["name"] = "Sandbox", ["github_url"] = "https://github.com/sandbox" })));
        routes.MapGet("v1/models/{owner}/{name}", endpoints.Respond(context => Describe($"{JobEndpoints.RouteValue("owner")(context)}/{JobEndpoints.RouteValue("name")(context)}")));
        routes.MapPost("v1/files", endpoints.Guard(context => FileAsync(endpoints, context)));
    }

    private RequestDelegate Submit(JobEndpoints endpoints, Func<Reading, HttpContext, Order?> read) => endpoints.Submit(read, async (view, context) =>
        {
        if (PreferWait().Match(context.Request.Headers["Prefer"].ToString()) is { Success: true } match)
        {
            var most = match.Groups[1].Success ? TimeSpan.FromSeconds(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)) : s_longestWait;
            await endpoints.WaitAsync(context, view.Job, most > s_longestWait ? s_longestWait : most);
            view = endpoints.ViewOf(view);
        }

        await new Reply(StatusCodes.Status201Created, Prediction(view)).WriteAsync(context);
    }, false, Refuse);

    private static Order? ReadVersion(Reading body, HttpContext context)
    {
        var version = body.Text("version");
        if (version.Length > 0 && !HexVersion().IsMatch(version) && !version.Contains('/'))
        {
            body.Fail("version", version, WrongKind.Model);
            return null;
        }

        var parts = version.Split(':');
        return Read(body, parts[0].Contains('/') ? parts[0] : "acme/community", parts.Length > 1 ? parts[1] : version.Contains('/') ? "hidden" : version, context);
    }

    private static Order? Read(Reading body, string model, string version, HttpContext context)
    {
        body.Only("input", "version", "webhook", "webhook_events_filter", "stream");
        if (MediaGuess.IsNothing(model))
        {
            body.Fail("model", model, WrongKind.Model);
            return null;
        }

        if (!body.Has("input"))
        {
            body.Fail("input", "is required", WrongKind.Missing);
        }

        foreach (var word in body.Texts("webhook_events_filter").Where(w => w is not ("start" or "output" or "logs" or "completed")))
        {
            body.Fail("webhook_events_filter", $"{word} is no event");
        }

        body.MaybeFlag("stream");
        if (body.MaybeText("webhook") is { } hook && !hook.StartsWith("http", StringComparison.Ordinal))
        {
            body.Fail("webhook", "must be a URL");
        }

        var input = body.Object("input");
        var pieces = ReplicateInput.Read(model, input);
        return new(model, input.MaybeText("prompt") ?? input.MaybeText("text") ?? "", pieces)
        {
            Webhook = body.MaybeText("webhook"),
            Deadline = Deadline(context.Request.Headers["Cancel-After"].ToString()),
            Facts = new() { ["version"] = version, ["input"] = input.Copy(), ["array"] = pieces.Count > 1 || input.Has("num_outputs")
            || model.EndsWith("schnell", StringComparison.Ordinal) },
        };
    }

    private static JsonObject Prediction(View view)
    {
        var stale = view.State == JobState.Succeeded && view.IsStale;
        var url = $"{view.BaseUrl}/v1/predictions/{view.Job.Id}";
        var answer = new JsonObject
        {
            ["id"] = view.Job.Id,
            ["model"] = view.Order.Model,
            ["version"] = view.Order.Facts["version"]!.DeepClone(),
            ["input"] = stale ? new JsonObject() : view.Order.Facts["input"]!.DeepClone(),
            ["logs"] = view.State == JobState.Running ? "running\n" : "",
            ["output"] = view.State == JobState.Succeeded && !stale ? Output(view) : null,
            ["data_removed"] = stale,
            ["error"] = view.State switch
            {
                JobState.Moderated => "The input or output was flagged as sensitive. Please try again with different inputs. (E005) (aBcD1eFgHi)",
                JobState.Failed => view.Job.Magic.Fail is { } code ? $"Prediction failed ({code})" : "Prediction failed: CUDA out of memory (E001)",
                _ => null,
            },
            ["source"] = "api",
            ["status"] = view.State switch
            {
                JobState.Queued => "starting",
                JobState.Running => "processing",
                JobState.Succeeded => "succeeded",
                JobState.Cancelled => "canceled",
                JobState.TimedOut => view.Job.Magic.Expires ? "aborted" : "canceled",
                _ => "failed",
            },
            ["created_at"] = Text(view.Timeline.AcceptedAt),
            ["urls"] = new JsonObject { ["get"] = url, ["cancel"] = url + "/cancel", ["web"] = $"https://replicate.com/p/{view.Job.Id}" },
        };
        if (view.State != JobState.Queued && !view.Job.Magic.Expires)
        {
            answer["started_at"] = Text(view.Timeline.StartsAt);
        }

        if (view.State is not (JobState.Queued or JobState.Running))
        {
            answer["completed_at"] = Text(view.Timeline.DoneAt);
        }

        if (view.Order.Deadline is { } deadline)
        {
            answer["deadline"] = Text(view.Timeline.AcceptedAt + deadline);
        }

        if (view.State == JobState.Succeeded)
        {
            answer["metrics"] = Metrics(view);
        }

        return answer;
    }

    private static JsonNode Output(View view)
    {
        if (view.Order.Pieces[0].Kind == PieceKind.Text)
        {
            return new JsonArray([.. EchoText.Of(view.Order.Prompt).Split(' ').Select((w, i) => (JsonNode)(i == 0 ? w : " " + w))]);
        }

        return view.Order.Facts["array"]!.GetValue<bool>() ? new JsonArray([.. view.Order.Pieces.Select((_, i) => (JsonNode)view.Link(i))]) : view.Link();
    }

    private static JsonObject Metrics(View view)
    {
        var pieces = view.Order.Pieces;
        var metrics = new JsonObject
        {
            ["predict_time"] = (view.Timeline.DoneAt - view.Timeline.StartsAt).TotalSeconds, ["total_time"] = view.Timeline.Takes.TotalSeconds,
        };
        switch (pieces[0].Kind)
        {
            case PieceKind.Image:
                metrics["image_count"] = pieces.Count;
                break;
            case PieceKind.Video:
                metrics["video_output_duration_seconds"] = pieces[0].Seconds;
                break;
            case PieceKind.Text:
                metrics["input_token_count"] = EchoText.Tokens(view.Order.Prompt);
                metrics["output_token_count"] = EchoText.Tokens(EchoText.Of(view.Order.Prompt));
                break;
            default:
                break;
        }

        return metrics;
    }

    private static Reply List(JobEndpoints endpoints, HttpContext context)
    {
        const int size = 100;
        var all = endpoints.Newest();
        var from = int.TryParse(context.Request.Query["cursor"], out var cursor) && cursor > 0 ? cursor : 0;
        return Reply.Ok(new JsonObject
        {
            ["previous"] = null,
            ["next"] = all.Count > from + size ? $"{endpoints.BaseUrl(context)}/v1/predictions?cursor={from + size}" : null,
            ["results"] = new JsonArray([.. all.Skip(from).Take(size).Select(j => Prediction(endpoints.ViewOf(context, j)))]),
        });
    }

    private Reply Describe(string model) => MediaGuess.IsNothing(model) ? Refuse(new(RefusalKind.UnknownModel, model)) : Reply.Ok(new JsonObject
    {
        ["url"] = "https://replicate.com/" + model, ["owner"] = model.Split('/')[0], ["name"] = model.Split('/')[1], ["visibility"] = "public",
        ["latest_version"] = new JsonObject { ["id"] = new string('5', 64), ["openapi_schema"] = new JsonObject() },
    });

    /// <summary>Takes an upload and keeps nothing of it: a stand-in fetches no inputs.</summary>
    private async Task FileAsync(JobEndpoints endpoints, HttpContext context)
    {
        if (!context.Request.HasFormContentType || (await context.Request.ReadFormAsync(context.RequestAborted)).Files["content"] is not { } file)
        {
            await Refuse(new(RefusalKind.Invalid) { Wrong = new(WrongKind.Missing, "content", "is required") }).WriteAsync(context);
            return;
        }

        var id = endpoints.Chance.Uuid();
        await new Reply(StatusCodes.Status201Created, new JsonObject
        {
            ["id"] = id, ["name"] = file.FileName, ["content_type"] = file.ContentType, ["size"] = file.Length, ["expires_at"] = Text(endpoints.Now + TimeSpan.FromHours(24)),
            ["urls"] = new JsonObject { ["get"] = $"{endpoints.BaseUrl(context)}/v1/files/{id}" },
        }).WriteAsync(context);
    }

    private static Reply Problem(int status, string? title, string detail)
    {
        var body = new JsonObject();
        if (title is not null)
        {
            body["title"] = title;
        }

        body["detail"] = detail;
        body["status"] = status;
        return new(status, body);
    }

    private static Reply Invalid(Wrong wrong)
    {
        var reply = Problem(422, "Input validation failed", $"- {wrong.Path}: {wrong.Message}\n");
        var type = wrong.Kind switch { WrongKind.Missing => "required", WrongKind.Type => "invalid_type", WrongKind.Unknown => "additional_property_not_allowed",
            _ => "enum" };
        reply.Body!["invalid_fields"] = new JsonArray(new JsonObject { ["type"] = type, ["field"] = wrong.Path, ["description"] = wrong.Message });
        return reply;
    }

    /// <summary>As in <c>15s</c>, <c>1m</c> or <c>1h30m</c>; null for anything else, and for less than 5 seconds.</summary>
    private static TimeSpan? Deadline(string text)
    {
        if (text.Length == 0 || CancelAfter().Match(text) is not { Success: true } match)
        {
            return null;
        }

        int Number(int group) => match.Groups[group].Success ? int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture) : 0;
        var time = new TimeSpan(Number(1), Number(2), Number(3));
        return time < TimeSpan.FromSeconds(5) ? null : time;
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    [GeneratedRegex("^[0-9a-f]{64}$")]
    private static partial Regex HexVersion();

    [GeneratedRegex(@"\bwait(?:=(\d{1,3}))?")]
    private static partial Regex PreferWait();

    [GeneratedRegex(@"^(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,5})s)?$")]
    private static partial Regex CancelAfter();
}
