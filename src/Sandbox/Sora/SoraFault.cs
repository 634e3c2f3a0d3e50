using System.Globalization;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Sora;

/// <summary>An HTTP error in OpenAI's shape.</summary>
internal sealed record SoraFault(int Status, string Message, string? Param = null, string? Code = null)
{
    public string Type { get; init; } = "invalid_request_error";

    public static SoraFault Invalid(string message, string? param = null, string? code = null) =>
        new(StatusCodes.Status400BadRequest, message, param, code);

    public static SoraFault BadJson { get; } =
        Invalid("We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly.)");

    public static SoraFault Missing(string param) => Invalid($"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    public static SoraFault Unknown(string param) => Invalid($"Unknown parameter: '{param}'.", param, "unknown_parameter");

    public static SoraFault WrongType(string param, string expected, string got) =>
        Invalid($"Invalid type for '{param}': expected {expected}, but got {got} instead.", param, "invalid_type");

    public static SoraFault WrongValue(string param, string value, IReadOnlyList<string> supported) =>
        Invalid($"Invalid value: '{value}'. Supported values are: {Listed(supported, "and")}.", param, "invalid_value");

    public static SoraFault ImageSize { get; } = Invalid("Inpaint image must match the requested width and height");

    public static SoraFault NoModel(string model) =>
        new(StatusCodes.Status404NotFound, $"The model `{model}` does not exist or you do not have access to it.", Code: "model_not_found");

    public static SoraFault NoVideo(string id) => new(StatusCodes.Status404NotFound, $"Video with id '{id}' not found.");

    public static SoraFault Conflict { get; } =
        new(StatusCodes.Status409Conflict, "The resource is being modified by another request. Please try again.");

    public static SoraFault RateLimited(string model) =>
        new(StatusCodes.Status429TooManyRequests,
            $"Rate limit reached for {model} in organization org-sandbox on requests per min (RPM): Limit 25, Used 25, Requested 1. "
            + $"Please try again in {SubmitGate.RetryAfterSeconds}s.",
            Code: "rate_limit_exceeded")
        { Type = "requests" };

    public static SoraFault NoQuota { get; } =
        new(StatusCodes.Status429TooManyRequests, "You exceeded your current quota, please check your plan and billing details.", Code: "insufficient_quota")
        { Type = "insufficient_quota" };

    public static SoraFault Overloaded { get; } =
        new(StatusCodes.Status503ServiceUnavailable, "The engine is currently overloaded, please try again later.") { Type = "server_error" };

    public static string Listed(IReadOnlyList<string> values, string word) =>
        string.Join(", ", values.SkipLast(1).Select(v => $"'{v}'")) + $", {word} '{values[^1]}'";

    public Task WriteAsync(HttpContext context)
    {
        if (Code == "rate_limit_exceeded")
        {
            var headers = context.Response.Headers;
            headers.RetryAfter = SubmitGate.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            headers["retry-after-ms"] = (SubmitGate.RetryAfterSeconds * 1000).ToString(CultureInfo.InvariantCulture);
            headers["x-ratelimit-limit-requests"] = "25";
            headers["x-ratelimit-remaining-requests"] = "0";
            headers["x-ratelimit-reset-requests"] = $"{SubmitGate.RetryAfterSeconds}s";
        }

        return Answer.JsonAsync(context, Status, new SoraErrorAnswer(new(Message, Type, Param, Code)), SoraJson.Default.SoraErrorAnswer);
    }
}
