using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;

namespace Framegate.Sandbox.Google;

/// <summary>Google: Gemini pictures, text and speech at once, on the Gemini API and on Vertex AI; Omni clips through interactions.</summary>
internal sealed class GoogleStandIn : StandInApi
{
    private const string Vertex = "/projects/{project}/locations/{location}/publishers/google/models/";

    private const string Express = "/publishers/google/models/";

    public override string Name => "google";

    public override string NewId(Chance chance) => "v1_" + chance.Hex(12);

    /// <summary>A key in its header or in the query; on Vertex AI a token.</summary>
    public override string KeyOf(HttpContext context) => context.Request.Headers["x-goog-api-key"].ToString() is { Length: > 0 } key ? key
        : context.Request.Query["key"].ToString() is { Length: > 0 } asked ? asked
        : base.KeyOf(context);

    public override Reply Refuse(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.MissingKey => Error(403, "PERMISSION_DENIED", "Method doesn't allow unregistered callers (callers without established identity)."),
        RefusalKind.WrongKey => Error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", new JsonObject
        {
            ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo", ["reason"] = "API_KEY_INVALID", ["domain"] = "googleapis.com",
            ["metadata"] = new JsonObject { ["service"] = "generativelanguage.googleapis.com" },
        }),
        RefusalKind.UnknownModel => Error(404, "NOT_FOUND", GoogleModels.IsRetired(refusal.Subject)
            ? $"models/{refusal.Subject} is no longer available"
            : $"models/{refusal.Subject} is not found for API version v1beta, or is not supported for generateContent."),
        RefusalKind.UnknownJob or RefusalKind.UnknownPath => Error(404, "NOT_FOUND", "Requested entity was not found."),
        RefusalKind.RateLimited or RefusalKind.TooManyJobs => Error(
            429, "RESOURCE_EXHAUSTED", "You exceeded your current quota for requests per minute.", new JsonObject
            {
                ["@type"] = "type.googleapis.com/google.rpc.QuotaFailure",
                ["violations"] = new JsonArray(new JsonObject
                {
                    ["quotaMetric"] = "generativelanguage.googleapis.com/generate_requests_per_model", ["quotaId"] = "GenerateRequestsPerMinutePerProjectPerModel",
                }),
            },
            new JsonObject { ["@type"] = "type.googleapis.com/google.rpc.RetryInfo", ["retryDelay"] = "1s" }),
        RefusalKind.NoCredits => Error(429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted."),
        RefusalKind.Unavailable => Error(503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
        RefusalKind.Failed => Error(500, "INTERNAL", "An internal error has occurred."),
        RefusalKind.TimedOut => Error(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        RefusalKind.Asked => Error(refusal.Asked.Status, refusal.Asked.Code, "Asked for by the prompt."),
        RefusalKind.NotJson => Error(400, "INVALID_ARGUMENT", "Invalid JSON payload received."),
        _ => Error(400, "INVALID_ARGUMENT", refusal.Wrong?.Kind == WrongKind.Unknown
            ? $"Invalid JSON payload received. Unknown name \"{refusal.Wrong.Field}\": Cannot find field."
            : $"Invalid value at '{refusal.Wrong?.Path}': {refusal.Wrong?.Message}"),
    };

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        foreach (var prefix in (string[])["v1beta/models/", "v1/models/", "v1" + Vertex, "v1beta1" + Vertex, "v1" + Express, "v1beta1" + Express])
        {
            var onVertex = prefix.Contains("publishers", StringComparison.Ordinal);
            routes.MapPost(prefix + "{model}:generateContent", endpoints.Submit((body, context) => GoogleContent.Read(body, context, onVertex), AnswerAsync, true, Refuse));
            routes.MapPost(prefix + "{model}:streamGenerateContent",
                endpoints.Submit((body, context) => GoogleContent.Read(body, context, onVertex), StreamAsync, true, Refuse));
            routes.MapPost(prefix + "{model}:predict", endpoints.Respond(context => Refuse(new(RefusalKind.UnknownModel, JobEndpoints.RouteValue("model")(context)!))));
            routes.MapGet(prefix + "{model}", endpoints.Respond(Model));
        }

        routes.MapGet("v1beta/models", endpoints.Respond(_ => Reply.Ok(new JsonObject { ["models"] = new JsonArray([.. GoogleModels.All.Select(GoogleModels.Describe)]) })));
        GoogleInteractions.Map(routes, endpoints, Refuse);
    }

    private static Reply Error(int code, string status, string message, params JsonNode[] details)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message, ["status"] = status };
        if (details.Length > 0)
        {
            error["details"] = new JsonArray(details);
        }

        return new(code, new JsonObject { ["error"] = error });
    }

    private Reply Model(HttpContext context)
    {
        var model = JobEndpoints.RouteValue("model")(context)!;
        return GoogleModels.All.Contains(model) ? Reply.Ok(GoogleModels.Describe(model)) : Refuse(new(RefusalKind.UnknownModel, model));
    }

    /// <summary>What the filters refuse is no failure here, nor is a reason to finish that the prompt asks for: both are inside a 200.</summary>
    private Reply? Failure(View view) =>
        view.State is JobState.Succeeded or JobState.Moderated || view.Job.Magic.Fail?.Contains('-') == false ? null : Refuse(view.Failure);

    private async Task AnswerAsync(View view, HttpContext context) =>
        await (Failure(view) ?? Reply.Ok(await GoogleContent.AnswerAsync(view, context.RequestAborted))).WriteAsync(context);

    /// <summary>One event with everything; as an array where no events were asked for.</summary>
    private async Task StreamAsync(View view, HttpContext context)
    {
        if (Failure(view) is { } failure)
        {
            await failure.WriteAsync(context);
            return;
        }

        var answer = await GoogleContent.AnswerAsync(view, context.RequestAborted);
        var reply = context.Request.Query["alt"] == "sse"
            ? new Reply(200) { Bytes = (byte[])[.. "data: "u8, .. Reply.Write(answer), .. "\r\n\r\n"u8], ContentType = "text/event-stream" }
            : new Reply(200, new JsonArray(answer));
        await reply.WriteAsync(context);
    }
}
