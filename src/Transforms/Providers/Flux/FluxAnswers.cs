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
        var id = s_reader.IdOf(answer.Id);
        var pollUrl = answer.PollingUrl.Text();
        return new JobOutcome.Running(new JobHandle(id, model.Id) { PollUrl = FluxLinks.Absolute(pollUrl) is null ? null : pollUrl })
        {
            Cost = CostOf(answer.Cost),
        };
    }

    public static JobOutcome ReadPoll(NativeResponse response, JobHandle job, MediaType type) =>
        s_reader.ReadPoll(response, job, r => r.Read(FluxJson.Default.FluxPollAnswer), answer => answer.Id, answer => s_reader.ReadStatus(
            answer.Status.Text() ?? answer.State.Text(),
            () => new JobOutcome.Running(job, answer.Progress.AnyNumber() is { } p ? Math.Clamp(p, 0, 1) : null) { Cost = CostOf(answer.Cost) },
            () => ReadResult(answer, type),
            status => FluxFailures.Ended(status, answer)));

    private static JobOutcome ReadResult(FluxPollAnswer answer, MediaType type)
    {
        MediaSource[] media = [.. answer.Result.Member("sample").OneOrMore().Select(sample => SourceOf(sample.Address(), type))];
        if (media.All(m => m.Url.Length == 0))
        {
            return new JobOutcome.Unreadable(ProviderFailure.Unclear("Flux reports the task as ready and names no result."));
        }

        return new JobOutcome.Succeeded(media)
        {
            Seed = answer.Result.Member("seed").AnyWhole(),
            Cost = CostOf(answer.Cost),
            Warnings = answer.Result.Member("draft_cache").ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
                ? []
                : ["The draft cache was not kept; use the native route to enhance a draft."],
        };
    }

    private static MediaSource SourceOf(string? address, MediaType type) => FluxLinks.Absolute(address) is { } url
        ? new MediaSource(type, address!) { ContentType = FluxLinks.ContentTypeOf(url), ExpiresAt = FluxLinks.ExpiryOf(url) }
        : new MediaSource(type, address ?? "") { IsAsNamed = true };

    private static decimal? CostOf(JsonElement cost) => cost.Amount() is { } credits and < 1_000_000_000m ? credits * Credit : null;
}
