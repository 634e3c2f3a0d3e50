using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;

namespace Framegate.Sandbox.ElevenLabs;

/// <summary>ElevenLabs: speech, sounds and music at once, and the Flows API with jobs. An empty account is 401 there, an overload 429.</summary>
internal sealed class ElevenLabsStandIn : StandInApi
{
    public override string Name => "elevenlabs";

    public override TimeSpan Lifetime => TimeSpan.FromHours(1);

    public override bool LinksRenew => true;

    public override string KeyOf(HttpContext context) => context.Request.Headers["xi-api-key"].ToString();

    public override string NewId(Chance chance) => "gen_" + chance.Hex(8);

    /// <summary>Two shapes for one error, as on the live service; and FastAPI's list for a body that is wrong.</summary>
    public override Reply Refuse(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.MissingKey => New(401, "authentication_error", "missing_api_key", "No API key was given"),
        RefusalKind.WrongKey => New(401, "authentication_error", "invalid_api_key", "Invalid API key"),
        RefusalKind.UnknownModel => New(400, "invalid_request", "model_not_found", $"A model with model ID {refusal.Subject} does not exist"),
        RefusalKind.UnknownJob => New(404, "not_found", "generation_not_found", "The generation was not found"),
        RefusalKind.UnknownPath => new(404, new JsonObject { ["detail"] = "Not Found" }),
        RefusalKind.RateLimited => New(429, "rate_limit_error", "rate_limit_exceeded", "Too many requests").With("Retry-After", "1"),
        RefusalKind.TooManyJobs => New(429, "rate_limit_error", "concurrent_limit_exceeded", "Too many concurrent requests for your plan"),
        RefusalKind.NoCredits => Old(401, "quota_exceeded", "This request exceeds your quota. You have 3 credits remaining, while 24 credits are required."),
        RefusalKind.Unavailable => Old(429, "system_busy", "The system is experiencing heavy traffic, please try again later."),
        RefusalKind.Asked => Old(refusal.Asked.Status, refusal.Asked.Code, "Asked for by the prompt"),
        RefusalKind.Moderated => New(400, "invalid_request", "content_against_policy", "The content is against the policy"),
        RefusalKind.Failed or RefusalKind.TimedOut => New(500, "server_error", "internal_server_error", "Something went wrong"),
        RefusalKind.Invalid when refusal.Wrong is { Path: "voice_id" } voice =>
            New(404, "not_found", "voice_not_found", $"A voice with the voice_id {voice.Message} was not found."),
        RefusalKind.Invalid when refusal.Wrong is { Path: "output_format" } => Old(400, "invalid_output_format", "The output format is not known"),
        RefusalKind.Invalid when refusal.Wrong is { Path: "text" or "prompt", Kind: WrongKind.Value } text =>
            Old(400, "max_character_limit_exceeded", $"The text {text.Message}"),
        _ => new(422, new JsonObject
        {
            ["detail"] = new JsonArray(new JsonObject
            {
                ["type"] = refusal.Wrong?.Kind == WrongKind.Missing ? "missing" : "value_error", ["loc"] = new JsonArray("body", refusal.Wrong?.Path ?? ""),
                ["msg"] = refusal.Wrong?.Message ?? "JSON decode error",
                ["input"] = new JsonObject(),
            }),
        }),
    };

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        foreach (var path in (string[])["", "/stream"])
        {
            routes.MapPost("v1/text-to-speech/{voice}" + path, endpoints.Submit(ElevenLabsAudio.Speech, BytesAsync, true, Refuse));
        }

        routes.MapPost("v1/text-to-speech/{voice}/with-timestamps", endpoints.Submit(ElevenLabsAudio.Speech, TimedAsync, true, Refuse));
        routes.MapPost("v1/text-to-dialogue", endpoints.Submit(ElevenLabsAudio.Dialogue, BytesAsync, true, Refuse));
        routes.MapPost("v1/sound-generation", endpoints.Submit(ElevenLabsAudio.Sound, BytesAsync, true, Refuse));
        routes.MapPost("v1/music", endpoints.Submit(ElevenLabsAudio.Music, BytesAsync, true, Refuse));
        routes.MapPost("v1/music/stream", endpoints.Submit(ElevenLabsAudio.Music, BytesAsync, true, Refuse));
        routes.MapGet("v1/models", endpoints.Respond(_ =>
            new(200, new JsonArray([.. ElevenLabsAudio.Models.Select(m => new JsonObject { ["model_id"] = m, ["name"] = m, ["can_do_text_to_speech"] = true })]))));
        routes.MapGet("v1/user/subscription", endpoints.Respond(_ =>
            Reply.Ok(new JsonObject { ["tier"] = "creator", ["character_count"] = 1200, ["character_limit"] = 100_000, ["status"] = "active" })));
        routes.MapGet("v1/history", endpoints.Respond(context => History(endpoints, context)));
        routes.MapGet("v1/history/{id}/audio", endpoints.Guard(context => AgainAsync(endpoints, context)));
        ElevenLabsFlows.Map(routes, endpoints);
    }

    private static Reply New(int status, string type, string code, string message) => new(status, new JsonObject
    {
        ["detail"] = new JsonObject { ["type"] = type, ["code"] = code, ["message"] = message, ["status"] = code, ["request_id"] = "rq_sandbox" },
    });

    private static Reply Old(int status, string code, string message) =>
        new(status, new JsonObject { ["detail"] = new JsonObject { ["status"] = code, ["message"] = message } });

    private Reply? Failure(View view) => view.State == JobState.Succeeded ? null : Refuse(view.Failure);

    /// <summary>The headers carry what it cost and its name in the history.</summary>
    private static Reply Headed(View view, Reply reply) => reply.With("request-id", "rq_" + view.Job.Id).With("character-cost", view.Order.Facts["cost"]!.ToString())
        .With("history-item-id", "hi_" + view.Job.Id).With("current-concurrent-requests", "1").With("maximum-concurrent-requests", "10");

    private async Task BytesAsync(View view, HttpContext context) =>
        await (Failure(view) ?? Headed(view, new Reply(200) { Bytes = await view.DrawAsync(0, context.RequestAborted),
            ContentType = view.Order.Pieces[0].ContentType })).WriteAsync(context);

    private async Task TimedAsync(View view, HttpContext context)
    {
        var letters = view.Order.Prompt.Select(c => (JsonNode)c.ToString());
        await (Failure(view) ?? Headed(view, Reply.Ok(new JsonObject
        {
            ["audio_base64"] = Convert.ToBase64String(await view.DrawAsync(0, context.RequestAborted)),
            ["alignment"] = new JsonObject
            {
                ["characters"] = new JsonArray([.. letters]),
                ["character_start_times_seconds"] = new JsonArray([.. view.Order.Prompt.Select((_, i) => (JsonNode)(i / 15.0))]),
                ["character_end_times_seconds"] = new JsonArray([.. view.Order.Prompt.Select((_, i) => (JsonNode)((i + 1) / 15.0))]),
            },
            ["normalized_alignment"] = null,
        }))).WriteAsync(context);
    }

    /// <summary>What was spoken, newest first; also what nobody got an answer about.</summary>
    private static Reply History(JobEndpoints endpoints, HttpContext context)
    {
        var query = context.Request.Query;
        var size = int.TryParse(query["page_size"], out var asked) && asked is > 0 and <= 1000 ? asked : 100;
        var all = endpoints.Newest().Where(j => j.Order.Facts["voice"] is not null && j.StateAt(endpoints.Now) == JobState.Succeeded)
            .Where(j => (query["voice_id"].Count == 0 || (string?)j.Order.Facts["voice"] == query["voice_id"])
                && (query["model_id"].Count == 0 || j.Order.Model == query["model_id"]))
            .Where(j => !long.TryParse(query["date_after_unix"], out var after) || j.Timeline.AcceptedAt.ToUnixTimeSeconds() >= after).ToList();
        var items = all.Take(size).Select(j => new JsonObject
        {
            ["history_item_id"] = "hi_" + j.Id, ["request_id"] = "rq_" + j.Id, ["voice_id"] = j.Order.Facts["voice"]!.DeepClone(), ["model_id"] = j.Order.Model,
            ["voice_name"] = "George",
            ["text"] = j.Prompt, ["date_unix"] = j.Timeline.AcceptedAt.ToUnixTimeSeconds(), ["character_count_change_from"] = 100,
            ["character_count_change_to"] = 100 + j.Prompt.Length,
            ["content_type"] = j.Order.Pieces[0].ContentType, ["state"] = "created", ["source"] = "TTS", ["output_format"] = j.Order.Facts["format"]!.DeepClone(),
        }).ToArray<JsonNode>();
        return Reply.Ok(new JsonObject { ["history"] = new JsonArray(items), ["last_history_item_id"] = items.Length > 0 ? items[^1]["history_item_id"]!.DeepClone()
            : null, ["has_more"] = all.Count > size });
    }

    private async Task AgainAsync(JobEndpoints endpoints, HttpContext context)
    {
        var id = JobEndpoints.RouteValue("id")(context)!;
        var reply = id.StartsWith("hi_", StringComparison.Ordinal) && endpoints.Find(id[3..]) is { } job
            ? new Reply(200) { Bytes = await endpoints.DrawAsync(job, 0, context.RequestAborted), ContentType = job.Order.Pieces[0].ContentType }
            : Refuse(new(RefusalKind.UnknownJob));
        await reply.WriteAsync(context);
    }
}
