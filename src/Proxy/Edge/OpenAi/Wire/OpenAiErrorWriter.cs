using System.Globalization;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Writes errors of the dialect.</summary>
internal static class OpenAiErrorWriter
{
    /// <summary>Writes a unified error; the way the whole program refuses under <c>/v1</c>.</summary>
    /// <param name="context">The call.</param>
    /// <param name="error">The error.</param>
    /// <param name="status">The HTTP status it would have on <c>/generations</c>.</param>
    /// <param name="repeatable">False when a job may have been paid for, so that nobody must send the request again.</param>
    /// <param name="request">What was asked for; null where that is not known.</param>
    public static Task WriteAsync(HttpContext context, GenerationError error, int status, bool repeatable = true, DialectRequest? request = null)
    {
        var (body, code) = OpenAiErrors.Of(error, status, DialectCall.Of(context.Request.Path, request));
        if (!repeatable)
        {
            return WriteAsync(context, body, FailureStatus.Once(code), repeatable: false);
        }

        if (error.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }

        if (error.Code == ErrorCode.RateLimitExceeded)
        {
            context.Response.Headers["x-ratelimit-remaining-requests"] = "0";
            context.Response.Headers["x-ratelimit-reset-requests"] = string.Create(CultureInfo.InvariantCulture, $"{error.RetryAfter ?? 1}s");
        }

        // Only what may pass is worth another try: an empty account or a refused key stays as it is.
        return WriteAsync(context, body, code, error.Retryable || error.Code is not (ErrorCode.InsufficientCredits or ErrorCode.AuthenticationFailed or ErrorCode.UnknownError));
    }

    /// <summary>Writes an error.</summary>
    public static Task WriteAsync(HttpContext context, OpenAiError error, int status = StatusCodes.Status400BadRequest, bool repeatable = true)
    {
        OpenAiHeaders.Stamp(context);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (!repeatable)
        {
            context.Response.Headers["x-should-retry"] = "false";
        }

        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, new OpenAiErrorBody(error), OpenAiJson.Default.OpenAiErrorBody, context.RequestAborted);
    }
}
