using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>Answers to submits and polls as outcomes.</summary>
internal static class FluxAnswers
{
    /// <summary>One credit, USD (docs.bfl.ai, pricing).</summary>
    private const decimal Credit = 0.01m;

    private static readonly JobReader s_reader = new("Flux", FluxFailures.TaskNotFound, FluxFailures.Read, new Dictionary<string, JobPhase>
    {
        ["Ready"] = JobPhase.Succeeded, ["Request Moderated"] = JobPhase.Failed, ["Content Moderated"] = JobPhase.Failed,
        ["Error"] = JobPhase.Failed, ["Failed"] = JobPhase.Failed, ["Task not found"] = JobPhase.NotFound,
    });

    public static JobOutcome ReadSubmit(NativeResponse response, ModelInfo model)
    {
        var answer = response.Read(FluxJson.Default.FluxSubmitAnswer);
        if (answer.Id.Text() is not { Length: > 0 } id)
        {
            throw new JsonException("Flux took a request without naming the task.");
        }

        var pollUrl = answer.PollingUrl.Text();
        return new JobOutcome.Running(new JobHandle(id, model.Id) { PollUrl = FluxLinks.Absolute(pollUrl) is null ? null : pollUrl })
        {
            Cost = CostOf(answer.Cost),
        };
    }

    public static JobOutcome ReadPoll(NativeResponse response, JobHandle job, MediaType type) =>
        s_reader.ReadPoll(response, r => r.Read(FluxJson.Default.FluxPollAnswer), answer => s_reader.ReadStatus(
            answer.Status.Text() ?? answer.State.Text(),
            () => new JobOutcome.Running(job, answer.Progress.AnyNumber() is { } p ? Math.Clamp(p, 0, 1) : null) { Cost = CostOf(answer.Cost) },
            () => ReadResult(answer, type),
            status => FluxFailures.Ended(status, answer)));

    private static JobOutcome ReadResult(FluxPollAnswer answer, MediaType type)
    {
        if (FluxLinks.Absolute(answer.Result.Member("sample").Text()) is not { } sample)
        {
            return new JobOutcome.Unreadable(ProviderFailure.Unclear("Flux says the task is ready and names no result."));
        }

        var media = new MediaSource(type, answer.Result.Member("sample").Text()!)
        {
            ContentType = FluxLinks.ContentTypeOf(sample),
            ExpiresAt = FluxLinks.ExpiryOf(sample),
        };
        return new JobOutcome.Succeeded([media])
        {
            Seed = answer.Result.Member("seed").AnyWhole(),
            Cost = CostOf(answer.Cost),
            Warnings = answer.Result.Member("draft_cache").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
                ? []
                : ["The draft cache was not kept; use the native route to enhance a draft."],
        };
    }

    private static decimal? CostOf(JsonElement cost) => cost.Amount() is { } credits and < 1_000_000_000m ? credits * Credit : null;
}
