using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.FastApi;

/// <summary>Refusals in FastAPI's shapes.</summary>
internal static class FastApiAnswer
{
    public static Task DetailAsync(HttpContext context, int status, string detail) =>
        Answer.JsonAsync(context, status, new DetailAnswer(detail), FastApiJson.Default.DetailAnswer);

    public static Task FaultsAsync(HttpContext context, IReadOnlyList<Fault> faults) =>
        Answer.JsonAsync(context, StatusCodes.Status422UnprocessableEntity, new ValidationAnswer(faults), FastApiJson.Default.ValidationAnswer);

    public static Task NotFoundAsync(HttpContext context) => DetailAsync(context, StatusCodes.Status404NotFound, "Not Found");
}
