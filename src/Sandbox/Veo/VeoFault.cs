using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Veo;

/// <summary>An HTTP error in Google's shape.</summary>
internal sealed record VeoFault(int Code, string Message, string Status)
{
    private const string TypePrefix = "type.googleapis.com/google.rpc.";

    /// <summary>Made anew for each answer: a JSON node has one parent.</summary>
    public Func<JsonArray>? Details { get; init; }

    public static VeoFault Invalid(string message) => new(StatusCodes.Status400BadRequest, message, "INVALID_ARGUMENT");

    public static VeoFault BadJson { get; } = Invalid("Invalid JSON payload received. Expected an object.");

    /// <summary>A field of the service's own schema that it does not have.</summary>
    public static VeoFault UnknownName(string name) => Invalid($"Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.");

    public static VeoFault Unsupported(string name) =>
        Invalid($"`{name}` isn't supported by this model. Please remove it or refer to the Gemini API documentation for supported usage.");

    public static VeoFault UseCase { get; } =
        Invalid("Your use case is currently not supported. Please refer to Gemini API documentation for current model offering.");

    public static VeoFault OutOfBound(string name, long from, long to) =>
        Invalid($"{name} out of bound. Please provide a value between {from} and {to}, inclusive.");

    public static VeoFault WrongValue(string name, string value) => Invalid($"{value} for {name} is currently not supported.");

    public static VeoFault WrongType(string name, string expected) => Invalid($"Invalid value at '{name}': expected {expected}.");

    public static VeoFault NotFound(string message) => new(StatusCodes.Status404NotFound, message, "NOT_FOUND");

    public static VeoFault NoEntity { get; } = NotFound("Requested entity was not found.");

    public static VeoFault Unavailable(string message) => new(StatusCodes.Status503ServiceUnavailable, message, "UNAVAILABLE");

    public static VeoFault Exhausted(string message) => new(StatusCodes.Status429TooManyRequests, message, "RESOURCE_EXHAUSTED");

    public static VeoFault Denied(string message) => new(StatusCodes.Status403Forbidden, message, "PERMISSION_DENIED");

    public static VeoFault Unauthenticated(string reason, string service) => new(
        StatusCodes.Status401Unauthorized,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. "
            + "See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        "UNAUTHENTICATED")
    { Details = () => [ErrorInfo(reason, "googleapis.com", ("service", service))] };

    public static JsonObject ErrorInfo(string reason, string domain, params (string Name, string Value)[] metadata) => new()
    {
        ["@type"] = TypePrefix + "ErrorInfo",
        ["reason"] = reason,
        ["domain"] = domain,
        ["metadata"] = new JsonObject(metadata.Select(m => KeyValuePair.Create(m.Name, (JsonNode?)m.Value))),
    };

    public static JsonObject QuotaFailure(string metric, string id, string model) => new()
    {
        ["@type"] = TypePrefix + "QuotaFailure",
        ["violations"] = new JsonArray(new JsonObject
        {
            ["quotaMetric"] = metric,
            ["quotaId"] = id,
            ["quotaDimensions"] = new JsonObject { ["location"] = "global", ["model"] = model },
            ["quotaValue"] = "2",
        }),
    };

    public static JsonObject RetryInfo(int seconds) => new() { ["@type"] = TypePrefix + "RetryInfo", ["retryDelay"] = $"{seconds}s" };

    public Task WriteAsync(HttpContext context) => Answer.JsonAsync(
        context, Code, new VeoErrorAnswer(new(Code, Message, Status, Details?.Invoke())), VeoJson.Default.VeoErrorAnswer);
}
