using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Fal;

/// <summary>Refusals by fal's infrastructure.</summary>
internal static class FalAnswer
{
    public static Task RefuseAsync(HttpContext context, int status, string detail, string? type = null)
    {
        if (type is not null)
        {
            context.Response.Headers["X-Fal-Error-Type"] = type;
        }

        return Answer.JsonAsync(context, status, new FalRefusal(detail, type), FalJson.Default.FalRefusal);
    }

    public static Task NoRequestAsync(HttpContext context) => RefuseAsync(context, StatusCodes.Status404NotFound, "Request not found");

    /// <summary>There is no such endpoint.</summary>
    public static Task NoApplicationAsync(HttpContext context) => RefuseAsync(context, StatusCodes.Status404NotFound, "Application not found");

    /// <summary>Rejects a submit, if there is anybody left to answer.</summary>
    public static Task RefuseAsync(HttpContext context, Admission admission) => admission switch
    {
        Admission.Gone => Task.CompletedTask,
        Admission.Unavailable => RefuseAsync(
            context, StatusCodes.Status503ServiceUnavailable, "Could not schedule a runner", "runner_scheduling_failure"),
        Admission.NoCredits => RefuseAsync(
            context, StatusCodes.Status403Forbidden, "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."),
        _ => RefuseAsync(context, StatusCodes.Status429TooManyRequests, "Rate limit exceeded"),
    };
}
