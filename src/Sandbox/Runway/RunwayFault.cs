using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Runway;

/// <summary>An HTTP error in Runway's shape.</summary>
internal sealed record RunwayFault(int Status, string Message)
{
    private const string Documentation = "https://docs.dev.runwayml.com/api";

    public IReadOnlyList<JsonObject> Issues { get; init; } = [];

    public static RunwayFault Validation(IReadOnlyList<JsonObject> issues) =>
        new(StatusCodes.Status400BadRequest, "Validation of body failed") { Issues = issues };

    public static RunwayFault Version { get; } = new(
        StatusCodes.Status400BadRequest, $"The X-Runway-Version header is required and must be {RunwayEnvelope.Version}.");

    /// <summary>There is no 402: an empty account is a 400 with this text.</summary>
    public static RunwayFault NoCredits { get; } = new(StatusCodes.Status400BadRequest, "You do not have enough credits to run this task.");

    public static RunwayFault Unauthorized { get; } = new(StatusCodes.Status401Unauthorized, "Unauthorized");

    public static RunwayFault NoTask { get; } = new(StatusCodes.Status404NotFound, "Could not find Task");

    public static RunwayFault NotFound { get; } = new(StatusCodes.Status404NotFound, "Not found");

    public static RunwayFault WrongMethod { get; } = new(StatusCodes.Status405MethodNotAllowed, "Method not allowed");

    public static RunwayFault RateLimited { get; } =
        new(StatusCodes.Status429TooManyRequests, "You have reached the daily generation limit for this model.");

    public static RunwayFault Unavailable { get; } = new(StatusCodes.Status503ServiceUnavailable, "Service unavailable");

    public Task WriteAsync(HttpContext context) => Answer.JsonAsync(
        context, Status,
        Issues.Count == 0 ? new RunwayError(Message) : new RunwayError(Message) { Issues = [.. Issues], DocUrl = Documentation },
        RunwayJson.Default.RunwayError);
}
