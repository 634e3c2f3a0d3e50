using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>Answers to submits and polls as outcomes.</summary>
internal static class RunwayAnswers
{
    public static JobOutcome ReadSubmit(NativeResponse response, ModelInfo model)
    {
        var task = response.Read(RunwayJson.Default.RunwayTask);
        if (task.Id.Text() is not { Length: > 0 } id || id is "." or "..")
        {
            throw new JsonException("Runway took a request without naming the task.");
        }

        return new JobOutcome.Running(new JobHandle(id, model.Id)) { Cost = CostOf(task.EstimatedCost) };
    }

    public static JobOutcome ReadPoll(NativeResponse response, JobHandle job, MediaType type)
    {
        if (response.Status is 404 or 410)
        {
            return new JobOutcome.NotFound(RunwayFailures.TaskNotFound);
        }

        if (!response.IsSuccess)
        {
            return new JobOutcome.Unreadable(RunwayFailures.Read(response, NativeCall.Poll));
        }

        var task = response.Read(RunwayJson.Default.RunwayTask);
        return task.Status.Text() switch
        {
            null => new JobOutcome.Unreadable(RunwayFailures.Unclear("Runway answered without a status.")),
            "SUCCEEDED" => ReadResult(task, type),
            "FAILED" => new JobOutcome.Failed(RunwayFailures.OfTask(task)),
            "CANCELLED" or "CANCELED" => new JobOutcome.Failed(RunwayFailures.Cancelled(task)),

            // PENDING, RUNNING, THROTTLED (waits for a free place of the account, and starts by itself), and whatever comes next.
            _ => new JobOutcome.Running(job, task.Progress.AnyNumber() is { } p ? Math.Clamp(p, 0, 1) : null) { Cost = CostOf(task.EstimatedCost) },
        };
    }

    /// <summary>What a task costs, USD; null when the answer does not say.</summary>
    public static decimal? CostOf(JsonElement cost) =>
        cost.Member("credits").Amount() is { } credits and < 1_000_000_000m ? credits * RunwayMapping.Credit : null;

    public static string PathOf(string id) => $"/v1/tasks/{Uri.EscapeDataString(id)}";

    private static JobOutcome ReadResult(RunwayTask task, MediaType type)
    {
        var media = new List<MediaSource>();
        foreach (var item in task.Output.Items())
        {
            if (Uri.TryCreate(item.Text(), UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp))
            {
                media.Add(new MediaSource(type, item.Text()!));
            }
        }

        return media.Count == 0
            ? new JobOutcome.Unreadable(RunwayFailures.Unclear("Runway says the task succeeded and names no result."))
            : new JobOutcome.Succeeded(media) { Cost = CostOf(task.Cost) };
    }
}
