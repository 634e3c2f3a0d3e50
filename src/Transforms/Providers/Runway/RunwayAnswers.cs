using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>Answers to submits and polls as outcomes.</summary>
internal static class RunwayAnswers
{
    private static readonly JobReader s_reader = new("Runway", RunwayFailures.TaskNotFound, RunwayFailures.Read, new Dictionary<string, JobPhase>
    {
        // THROTTLED waits for a free place of the account, and starts by itself.
        ["PENDING"] = JobPhase.Running, ["THROTTLED"] = JobPhase.Running, ["RUNNING"] = JobPhase.Running,
        ["SUCCEEDED"] = JobPhase.Succeeded, ["FAILED"] = JobPhase.Failed, ["CANCELLED"] = JobPhase.Failed, ["CANCELED"] = JobPhase.Failed,
    });

    public static JobOutcome ReadSubmit(NativeResponse response, ModelInfo model)
    {
        var task = response.Read(RunwayJson.Default.RunwayTask);
        return new JobOutcome.Running(new JobHandle(s_reader.IdOf(task.Id), model.Id)) { Cost = CostOf(task.EstimatedCost) };
    }

    public static JobOutcome ReadPoll(NativeResponse response, JobHandle job, MediaType type) =>
        s_reader.ReadPoll(response, job, r => r.Read(RunwayJson.Default.RunwayTask), task => task.Id, task => s_reader.ReadStatus(
            task.Status.Text(),
            () => new JobOutcome.Running(job, task.Progress.AnyNumber() is { } p ? Math.Clamp(p, 0, 1) : null) { Cost = CostOf(task.EstimatedCost) },
            () => ReadResult(task, type),
            status => status == "FAILED" ? RunwayFailures.OfTask(task) : RunwayFailures.Cancelled(task)));

    /// <summary>What a task costs, USD; null when the answer reports none.</summary>
    public static decimal? CostOf(JsonElement cost) =>
        cost.Member("credits").Amount() is { } credits and < 1_000_000_000m ? credits * RunwayMapping.Credit : null;

    public static string PathOf(string id) => $"/v1/tasks/{Uri.EscapeDataString(id)}";

    private static JobOutcome ReadResult(RunwayTask task, MediaType type)
    {
        MediaSource[] media = [.. task.Output.OneOrMore().Select(item => new MediaSource(type, item.Address() ?? "") { IsAsNamed = true })];
        return media.All(m => m.Url.Length == 0)
            ? new JobOutcome.Unreadable(ProviderFailure.Unclear("Runway reports the task as succeeded and names no result."))
            : new JobOutcome.Succeeded(media) { Cost = CostOf(task.Cost) };
    }
}
