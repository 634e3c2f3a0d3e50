using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.PikaDev;

/// <summary>Pika's own developer API: jobs of many vendors, with a key against repetition that works. An empty account is a failed job inside a 200.</summary>
internal sealed class PikaDevStandIn : StandInApi
{
    private const string Path = "v1/media/{vendor}/{model}/{function}";

    public override string Name => "pika-dev";

    public override string KeyOf(HttpContext context) => context.Request.Headers["X-API-Key"].ToString() is { Length: > 0 } key ? key
        : context.Request.Path.Value!.Contains("/billing/", StringComparison.Ordinal) ? base.KeyOf(context) : "";

    public override string NewId(Chance chance) => "job_" + chance.Hex(8).ToUpperInvariant();

    public override Reply Refuse(Refusal refusal)
    {
        var (status, code, message) = refusal.Kind switch
        {
            RefusalKind.MissingKey or RefusalKind.WrongKey => (401, "unauthorized", "Invalid API key"),
            RefusalKind.UnknownModel => (404, "not_found", $"Unknown operation {refusal.Subject}"),
            RefusalKind.UnknownJob => (404, "not_found", "Unknown job"),
            RefusalKind.UnknownPath => (404, "not_found", "Not found"),
            RefusalKind.OtherBody => (409, "idempotency_conflict", "The Idempotency-Key was used with another body"),
            RefusalKind.RateLimited => (429, "rate_limited", "Too many requests"),
            RefusalKind.TooManyJobs => (429, "rate_limited", "Too many jobs in flight"),
            RefusalKind.NoCredits => (200, "insufficient_balance", "Add funds to run this operation."),
            RefusalKind.Unavailable => (503, "unavailable", "The service is not available"),
            RefusalKind.Asked => (refusal.Asked.Status, refusal.Asked.Code, "Asked for by the prompt"),
            RefusalKind.NotJson => (422, "invalid_input", "The body is not JSON"),
            _ => (422, "invalid_input", $"{refusal.Wrong?.Path} {refusal.Wrong?.Message}"),
        };
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (status == StatusCodes.Status200OK)
        {
            return Reply.Ok(Job("job_REFUSED", "failed", error));
        }

        var reply = new Reply(status, new JsonObject { ["error"] = error }).With("X-Request-ID", "rq_sandbox");
        return status == StatusCodes.Status429TooManyRequests ? reply.With("Retry-After", "1") : reply;
    }

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        routes.MapPost(Path, endpoints.Submit(Read, view => Reply.Ok(Job(view.Job.Id, "queued", null))));
        routes.MapGet("v1/media/jobs/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Reply.Ok(Describe(view))));
        routes.MapGet("v1/media/jobs/{id}/content", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => view.State == JobState.Succeeded
            ? new Reply(StatusCodes.Status302Found).With("Location", view.Link())
            : Refuse(new(RefusalKind.UnknownJob))));
        routes.MapDelete("v1/media/jobs/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view =>
            {
            view.Job.Clock.Cancel(view.Now);
            endpoints.Remove(view.Job.Id);
            return new(StatusCodes.Status204NoContent);
        }));
        routes.MapGet("billing/balance", endpoints.Respond(_ => Reply.Ok(new JsonObject { ["balance_micro_usd"] = 12_500_000 })));
        routes.MapPost("v1/media/uploads", endpoints.Respond(context => Reply.Ok(new JsonObject
        {
            ["upload_url"] = $"{endpoints.BaseUrl(context)}/uploads/{endpoints.Chance.Uuid()}", ["headers"] = new JsonObject(), ["url"] = "https://media.dev.pika.art/sandbox/input",
        })));
        routes.MapPut("uploads/{id}", context => new Reply(StatusCodes.Status200OK).WriteAsync(context));
        routes.MapPost("catalog/apis/{id}/quote", context => Reply.Ok(new JsonObject { ["micro_usd"] = 420_000, ["sell_usd"] = 0.45 }).WriteAsync(context));
    }

    private static Order? Read(Reading body, HttpContext context)
    {
        var function = JobEndpoints.RouteValue("function")(context)!;
        var model = $"{JobEndpoints.RouteValue("vendor")(context)}/{JobEndpoints.RouteValue("model")(context)}/{function}";
        if (MediaGuess.IsNothing(model) || (model.StartsWith("pika/", StringComparison.Ordinal)
            && (JobEndpoints.RouteValue("model")(context) != "pika-2.5" || function is not ("text-to-video" or "image-to-video" or "keyframes-to-video"))))
        {
            body.Fail("model", model, WrongKind.Model);
            return null;
        }

        body.Only("prompt", "image_url", "image", "images", "duration_s", "transition_duration_s", "resolution", "aspect_ratio", "seed", "negative_prompt",
            "generate_audio", "num_images");
        var fromImage = body.MaybeLink("image_url") || body.MaybeLink("image");
        var prompt = fromImage ? body.MaybeText("prompt") ?? "" : body.Text("prompt");
        if (function == "image-to-video" && !fromImage)
        {
            body.Fail("image_url", "is required", WrongKind.Missing);
        }

        body.MaybeText("negative_prompt");
        body.MaybeWhole("seed", 0, uint.MaxValue);
        body.MaybeFlag("generate_audio");
        var seconds = body.MaybeWhole("duration_s", 1, 10) ?? 5;
        var resolution = body.MaybeOneOf("resolution", "480p", "720p", "1080p") ?? "720p";
        var ratio = body.MaybeOneOf("aspect_ratio", "16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3");
        var isImage = function.EndsWith("image", StringComparison.Ordinal);
        var key = context.Request.Headers["Idempotency-Key"].ToString();
        var price = isImage ? 40_000 : seconds * (resolution == "1080p" ? 90_000 : resolution == "720p" ? 60_000 : 40_000);
        return new(model, prompt, [isImage ? Piece.Image("png", Shape.Area(ratio, 1024 * 1024)) : Piece.Video(Shape.Of(ratio, Shape.Shorter(resolution, 720)), seconds)])
        {
            Once = key.Length > 0 ? (key, body.Value.GetRawText()) : null, Facts = new() { ["price"] = price, ["seconds"] = seconds },
        };
    }

    private static JsonObject Describe(View view) => view.State switch
    {
        JobState.Queued => Job(view.Job.Id, "queued", null),
        JobState.Running => Job(view.Job.Id, "running", null),
        JobState.Succeeded => Done(view),
        JobState.Moderated => Job(view.Job.Id, "failed", new() { ["code"] = "content_policy_violation", ["message"] = "The input was refused." }),
        JobState.TimedOut => Job(view.Job.Id, "failed", new() { ["code"] = "provider_timeout", ["message"] = "The provider did not finish in time." }),
        _ => Job(view.Job.Id, "failed", new() { ["code"] = view.Job.Magic.Fail ?? "provider_error", ["message"] = "The provider failed." }),
    };

    private static JsonObject Done(View view)
    {
        var job = Job(view.Job.Id, "completed", null);
        job["output"] = view.Order.IsVideo
            ? new JsonObject { ["video"] = new JsonObject { ["url"] = view.Link(), ["media_type"] = ClipShelf.ContentType } }
            : new JsonObject { ["images"] = new JsonArray(new JsonObject { ["url"] = view.Link() }) };
        job["usage"] = new JsonObject { ["seconds"] = view.Order.Facts["seconds"]!.DeepClone() };
        job["billing"] = new JsonObject { ["state"] = "settled", ["charge_micro_usd"] = view.Order.Facts["price"]!.DeepClone() };
        return job;
    }

    private static JsonObject Job(string id, string status, JsonObject? error) =>
        new() { ["id"] = id, ["status"] = status, ["error"] = error, ["output"] = null, ["usage"] = null, ["billing"] = null };
}
