using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Xai;

/// <summary>xAI: Grok Imagine pictures at once, clips as requests, and speech. Three shapes of errors; some refusals are billed.</summary>
internal sealed class XaiStandIn : StandInApi
{
    private const string Broke = "has either used all available credits or reached its monthly spending limit.";
    private const string Argument = "Client specified an invalid argument";
    private const string Team = "Your team 00000000-0000-0000-0000-000000000000 ";

    private static readonly string[] s_images = ["grok-imagine-image", "grok-imagine-image-2026-03-02", "grok-imagine-image-quality",
        "grok-imagine-image-quality-20260403", "grok-imagine-image-2.0"];

    private static readonly string[] s_videos = ["grok-imagine-video", "grok-imagine-video-1.5", "grok-imagine-video-1.5-lite"];

    public override string Name => "xai";

    public override TimeSpan Lifetime => TimeSpan.FromHours(1);

    /// <summary>An empty account is 403 for clips and 429 for pictures here; the live service has both.</summary>
    public override Reply Refuse(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.MissingKey => new(401, new JsonObject { ["error"] = "Invalid or missing authentication credentials" }),
        RefusalKind.WrongKey => Sentence(400, Argument,
        $"Incorrect API key provided: {refusal.Subject[..Math.Min(2, refusal.Subject.Length)]}***. You can obtain an API key from https://console.x.ai."),
        RefusalKind.UnknownModel => Object(404, $"The model {refusal.Subject} does not exist or your team does not have access to it.", "not_found", "model_not_found"),
        RefusalKind.UnknownJob or RefusalKind.UnknownPath => Sentence(404, "The requested resource was not found", "Not found"),
        RefusalKind.RateLimited or RefusalKind.TooManyJobs =>
            Sentence(429, "Some resource has been exhausted", "Too many requests. Requests per second (actual/limit): 6/5."),
        RefusalKind.NoCredits => refusal.Subject.Contains("video", StringComparison.Ordinal)
            ? Sentence(403, "The caller does not have permission to execute the specified operation",
                Team + Broke + " To continue making API requests, please purchase more credits or raise your spending limit.")
            : Sentence(429, "Some resource has been exhausted", Team + Broke),
        RefusalKind.Unavailable => Sentence(503, "The service is currently unavailable", "The service is currently unavailable"),
        RefusalKind.Failed => Sentence(500, "Internal error", "Internal error"),
        RefusalKind.TimedOut => Sentence(504, "Deadline exceeded", "Deadline exceeded"),
        RefusalKind.Asked => Sentence(refusal.Asked.Status, "Asked for by the prompt", refusal.Asked.Code.Replace('_', ' ')),
        RefusalKind.NotJson => Sentence(400, Argument, "Failed to parse the request body as JSON"),
        _ => Sentence(refusal.Wrong?.Kind == WrongKind.Type ? 422 : 400, Argument, $"{refusal.Wrong?.Path} {refusal.Wrong?.Message}"),
    };

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        routes.MapPost("v1/images/generations", endpoints.Submit((body, _) => Image(body, false), ImagesAsync, true, Refuse));
        routes.MapPost("v1/images/edits", endpoints.Submit((body, _) => Image(body, true), ImagesAsync, true, Refuse));
        foreach (var (path, read) in ((string, Func<Reading, Order?>)[])[("generations", XaiVideo.Read), ("edits", b => XaiVideo.Change(b, false)),
            ("extensions", b => XaiVideo.Change(b, true))])
        {
            routes.MapPost("v1/videos/" + path, endpoints.Submit((body, _) => read(body), view => Reply.Ok(new JsonObject { ["request_id"] = view.Job.Id })));
        }

        routes.MapGet("v1/videos/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), Poll));
        routes.MapGet("v1/api-key", endpoints.Respond(_ =>
            Reply.Ok(new JsonObject { ["redacted_api_key"] = "xai-...sb", ["api_key_blocked"] = false, ["api_key_disabled"] = false, ["team_blocked"] = false })));
        foreach (var (path, models) in ((string, string[])[])[("models", [.. s_images, .. s_videos]), ("image-generation-models", s_images),
            ("video-generation-models", s_videos)])
        {
            routes.MapGet("v1/" + path, endpoints.Respond(_ => Reply.Ok(new JsonObject
            {
                [path == "models" ? "data" : "models"] = new JsonArray([.. models.Select(m => new JsonObject { ["id"] = m, ["object"] = "model", ["owned_by"] = "xai" })]),
            })));
        }

        routes.MapPost("v1/tts", endpoints.Submit((body, _) => Speech(body), SpeechAsync, true, Refuse));
        routes.MapPost("v1/audio/speech", endpoints.Submit((body, _) => OpenAiSpeech(body), SpeechAsync, true, Refuse));
    }

    private static Reply Sentence(int status, string code, string error) => new(status, new JsonObject { ["code"] = code, ["error"] = error });

    private static Reply Object(int status, string message, string type, string code) =>
        new(status, new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = null, ["code"] = code } });

    private static Order Image(Reading body, bool edits)
    {
        body.Only(["model", "prompt", "n", "aspect_ratio", "resolution", "quality", "response_format", "output_format", "user", .. edits
            ? new[] { "image", "images" } : []]);
        var model = body.Model("model", s_images);
        var prompt = body.Text("prompt");
        var count = (int)Math.Clamp(body.MaybeWhole("n", 1, 10) ?? 1, 1, 10);
        var ratio = body.MaybeOneOf("aspect_ratio", "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "2:1", "1:2", "19.5:9", "9:19.5", "20:9", "9:20", "auto");
        var isLarge = body.MaybeOneOf("resolution", "1k", "2k") == "2k";
        var quality = body.MaybeOneOf("quality", "low", "medium", "high") ?? "medium";
        if (body.Has("quality") && model.Length > 0 && model != "grok-imagine-image-2.0")
        {
            body.Fail("quality", "is not supported for this model");
        }

        var format = body.MaybeOneOf("response_format", "url", "b64_json") ?? "url";
        var inputs = 0;
        foreach (var image in edits ? body.Has("image") ? [body.Object("image")] : body.List("images", 5) : [])
        {
            image.Link("url");
            image.MaybeOneOf("type", "image_url");
            inputs++;
        }

        if (edits && inputs == 0)
        {
            body.Fail("image", "is required", WrongKind.Missing);
        }

        var (each, input) = model switch
        {
            "grok-imagine-image-2.0" => (quality == "low" ? 4L : isLarge ? 8 : 6, 1L),
            _ => model.Contains("quality", StringComparison.Ordinal) ? (isLarge ? 7L : 5, 1L) : (2L, 0L),
        };
        var ticks = ((each * count) + (input * inputs)) * 100_000_000;
        return new(model, prompt, [.. Enumerable.Repeat(Piece.Image("jpeg", Shape.Area(ratio, isLarge ? 2048 * 2048 : 1024 * 1024)),
            count)]) { Facts = new() { ["format"] = format, ["ticks"] = ticks } };
    }

    private async Task ImagesAsync(View view, HttpContext context)
    {
        var usage = new JsonObject { ["cost_in_usd_ticks"] = view.Order.Facts["ticks"]!.DeepClone() };
        if (view.State != JobState.Succeeded)
        {
            var reply = view.State == JobState.Moderated ? Sentence(400, Argument, "Generated image rejected by content moderation.")
                : Refuse(view.Failure);
            if (view.State == JobState.Moderated)
            {
                reply.Body!["usage"] = usage; // a refused picture is paid for
            }

            await reply.WriteAsync(context);
            return;
        }

        var inline = (string?)view.Order.Facts["format"] == "b64_json";
        var data = new JsonArray();
        for (var i = 0; i < view.Order.Pieces.Count; i++)
        {
            data.Add((JsonNode)(i < view.Job.Filtered ? new JsonObject { ["respect_moderation"] = false }
                : inline ? new JsonObject { ["b64_json"] = Convert.ToBase64String(await view.DrawAsync(i, context.RequestAborted)), ["mime_type"] = "image/jpeg" }
                : new JsonObject { ["url"] = view.Link(i), ["revised_prompt"] = "" }));
        }

        await Reply.Ok(new JsonObject { ["data"] = data, ["usage"] = usage }).WriteAsync(context);
    }

    /// <summary>202 until the end, first without a body.</summary>
    private static Reply Poll(View view)
    {
        var facts = view.Order.Facts;
        var model = view.Order.Model;
        var usage = new JsonObject { ["cost_in_usd_ticks"] = facts["ticks"]!.DeepClone() };
        return view.State switch
        {
            JobState.Queued => new(StatusCodes.Status202Accepted),
            JobState.Running => new(StatusCodes.Status202Accepted,
            new JsonObject { ["status"] = "pending", ["progress"] = (int)(view.Timeline.ProgressAt(view.Now) * 100) }),
            JobState.Moderated => Reply.Ok(new JsonObject
            {
                ["status"] = "done", ["model"] = model,
                ["video"] = new JsonObject { ["duration"] = facts["duration"]!.DeepClone(), ["respect_moderation"] = false }, ["usage"] = usage,
            }),
            JobState.TimedOut => Reply.Ok(new JsonObject { ["status"] = "expired" }),
            JobState.Failed => Reply.Ok(new JsonObject
            {
                ["status"] = "failed", ["error"] = new JsonObject { ["code"] = view.Job.Magic.Fail ?? "service_unavailable",
                    ["message"] = "Video generation is temporarily overloaded." },
            }),
            _ => Reply.Ok(new JsonObject
            {
                ["status"] = "done", ["progress"] = 100, ["model"] = model,
                ["video"] = new JsonObject { ["url"] = view.Link(), ["duration"] = facts["duration"]!.DeepClone(), ["respect_moderation"] = true }, ["usage"] = usage,
            }),
        };
    }

    private static Order Speech(Reading body)
    {
        var text = body.Text("text", 15_000);
        body.MaybeText("voice_id");
        body.Text("language");
        var codec = body.Object("output_format").MaybeOneOf("codec", "mp3", "wav", "pcm", "mulaw", "alaw") ?? "mp3";
        return new("grok-tts", text, [Piece.Audio(codec == "mulaw" ? "ulaw" : codec, (text.Length / 15.0) + 0.5)]);
    }

    /// <summary>The same in OpenAI's dialect.</summary>
    private static Order OpenAiSpeech(Reading body)
    {
        body.MaybeText("model");
        var text = body.Text("input", 15_000);
        body.Text("voice");
        return new("grok-tts", text, [Piece.Audio(body.MaybeOneOf("response_format", "mp3", "wav", "pcm") ?? "mp3", (text.Length / 15.0) + 0.5)]);
    }

    private async Task SpeechAsync(View view, HttpContext context)
    {
        var reply = view.State switch
        {
            JobState.Succeeded => new Reply(200) { Bytes = await view.DrawAsync(0, context.RequestAborted), ContentType = view.Order.Pieces[0].ContentType },
            JobState.Moderated => Sentence(400, Argument, "The text was rejected by content moderation."),
            _ => Refuse(view.Failure),
        };
        await reply.WriteAsync(context);
    }
}
