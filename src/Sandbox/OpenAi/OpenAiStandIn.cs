using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.OpenAi;

/// <summary>OpenAI without clips, which Sora's stand-in has: pictures and edits, whole or as a stream, responses with text and pictures, and speech.</summary>
internal sealed class OpenAiStandIn : StandInApi
{
    private static readonly string[] s_voices = ["alloy", "ash", "ballad", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer", "verse", "marin", "cedar"];

    public override string Name => "openai";

    public override string NewId(Chance chance) => "resp_" + chance.Hex(24);

    /// <summary>An empty account is 400 for pictures and 429 for everything else; the live service has both.</summary>
    public override Reply Refuse(Refusal refusal)
    {
        var reply = refusal.Kind switch
        {
            RefusalKind.MissingKey => Error(401, "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.",
                "invalid_request_error", null),
            RefusalKind.WrongKey => Error(
                401,
                $"Incorrect API key provided: {refusal.Subject[..Math.Min(3, refusal.Subject.Length)]}********. "
                + "You can find your API key at https://platform.openai.com/account/api-keys.",
                "invalid_request_error", "invalid_api_key"),
            RefusalKind.UnknownModel => Error(404, $"The model `{refusal.Subject}` does not exist or you do not have access to it.", "invalid_request_error",
                "model_not_found"),
            RefusalKind.UnknownJob => Error(404, "Response not found.", "invalid_request_error", null),
            RefusalKind.UnknownPath => Error(404, $"Invalid URL ({refusal.Subject})", "invalid_request_error", null),
            RefusalKind.RateLimited or RefusalKind.TooManyJobs => Error(
                    429, $"Rate limit reached for {refusal.Subject} in organization org-sandbox on requests per min: Limit 5, Used 5, Requested 1. Please try again in 1s.",
                    "requests", "rate_limit_exceeded")
                .With("Retry-After", "1").With("x-ratelimit-limit-requests", "5").With("x-ratelimit-remaining-requests", "0"),
            RefusalKind.NoCredits => refusal.Subject.Contains("image", StringComparison.Ordinal)
                ? Error(400, "Billing hard limit has been reached.", "billing_limit_user_error", "billing_hard_limit_reached")
                : Error(429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota"),
            RefusalKind.Unavailable => Error(503, "The engine is currently overloaded, please try again later.", "server_error", null),
            RefusalKind.Failed => Error(500, "The server had an error while processing your request. Sorry about that!", "server_error", null),
            RefusalKind.TimedOut => Error(504, "The request timed out.", "server_error", null),
            RefusalKind.Moderated => refusal.Subject.Contains("image", StringComparison.Ordinal)
                ? Error(
                    400,
                    "Your request was rejected by the safety system. If you believe this is an error, contact us at help.openai.com and include the request ID req_sandbox. "
                    + "safety_violations=[violence].",
                    "image_generation_user_error", "moderation_blocked")
                : Error(400, "Your request was rejected as a result of our safety system.", "invalid_request_error", "content_policy_violation"),
            RefusalKind.Asked => Error(refusal.Asked.Status, "Asked for by the prompt.", "invalid_request_error", refusal.Asked.Code),
            RefusalKind.NotJson => Error(400, "We could not parse the JSON body of your request.", "invalid_request_error", null),
            _ => refusal.Wrong!.Kind switch
            {
                WrongKind.Missing => Error(400, $"Missing required parameter: '{refusal.Wrong.Path}'.", "invalid_request_error", "missing_required_parameter",
                    refusal.Wrong.Path),
                WrongKind.Unknown => Error(400, $"Unknown parameter: '{refusal.Wrong.Path}'.", "invalid_request_error", "unknown_parameter", refusal.Wrong.Path),
                WrongKind.Type => Error(400, $"Invalid type for '{refusal.Wrong.Path}': it {refusal.Wrong.Message}.", "invalid_request_error", "invalid_type",
                    refusal.Wrong.Path),
                _ => Error(400, $"Invalid value for '{refusal.Wrong.Path}': it {refusal.Wrong.Message}.", "invalid_request_error", "invalid_value", refusal.Wrong.Path),
            },
        };
        return reply.With("x-request-id", "req_sandbox");
    }

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        var images = new OpenAiImages(Refuse);
        routes.MapPost("v1/images/generations", endpoints.Submit((body, _) => OpenAiImages.Read(body, edits: false), (view, context) => images.AnswerAsync(endpoints, view, context), false, Refuse));
        routes.MapPost("v1/images/edits", endpoints.Submit((body, _) => OpenAiImages.Read(body, edits: true), (view, context) => images.AnswerAsync(endpoints, view, context), false, Refuse));
        new OpenAiResponses(Refuse).Map(routes, endpoints);
        routes.MapPost("v1/audio/speech", endpoints.Submit((body, _) => Speech(body), SpeechAsync, true, Refuse));
        routes.MapPost("v1/moderations", OpenAiModerations.AnswerAsync);
        routes.MapGet("v1/models", endpoints.Respond(_ =>
            Reply.Ok(new JsonObject { ["object"] = "list", ["data"] = new JsonArray([.. OpenAiModels.All.Select(OpenAiModels.Describe)]) })));
        routes.MapGet("v1/models/{model}", endpoints.Respond(context => JobEndpoints.RouteValue("model")(context) is { } model && OpenAiModels.All.Contains(model)
            ? Reply.Ok(OpenAiModels.Describe(model))
            : Refuse(new(RefusalKind.UnknownModel, JobEndpoints.RouteValue("model")(context)!))));
    }

    private static Reply Error(int status, string message, string type, string? code, string? param = null) =>
        new(status, new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = type, ["param"] = param, ["code"] = code } });

    private static Order Speech(Reading body)
    {
        body.Only("model", "input", "voice", "instructions", "response_format", "speed", "stream_format");
        var model = body.Model("model", OpenAiModels.Speech);
        var text = body.Text("input", 4_096);
        if (body.Copy("voice") is JsonObject)
        {
            var custom = body.Object("voice");
            custom.Only("id");
            custom.Text("id");
        }
        else
        {
            body.OneOf("voice", s_voices);
        }

        body.MaybeText("instructions");
        var speed = body.MaybeNumber("speed", 0.25, 4) ?? 1;
        var format = body.MaybeOneOf("response_format", "mp3", "opus", "aac", "flac", "wav", "pcm") ?? "mp3";
        if (body.MaybeOneOf("stream_format", "sse", "audio") == "sse" && model.StartsWith("tts-1", StringComparison.Ordinal))
        {
            body.Fail("stream_format", "is not supported by this model");
        }

        return new(model, text, [Piece.Audio(format, (text.Length / 15.0 / speed) + 0.5) with { SampleRate = 24_000 }]);
    }

    private async Task SpeechAsync(View view, HttpContext context)
    {
        var reply = view.State == JobState.Succeeded
            ? new Reply(200) { Bytes = await view.DrawAsync(0, context.RequestAborted), ContentType = view.Order.Pieces[0].ContentType }.With("x-request-id",
                "req_" + view.Job.Id)
            : Refuse(view.Failure);
        await reply.WriteAsync(context);
    }
}
