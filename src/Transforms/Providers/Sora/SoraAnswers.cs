using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>Answers to submits and polls as outcomes.</summary>
internal static class SoraAnswers
{
    private static readonly long s_lastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    private static readonly JobReader s_reader = new("Sora", SoraFailures.VideoNotFound, SoraFailures.Read, new Dictionary<string, JobPhase>
    {
        ["queued"] = JobPhase.Running, ["in_progress"] = JobPhase.Running,
        ["completed"] = JobPhase.Succeeded, ["failed"] = JobPhase.Failed, ["expired"] = JobPhase.Failed,
    });

    public static JobOutcome ReadSubmit(NativeResponse response, ModelInfo model)
    {
        var video = response.Read(SoraJson.Default.SoraVideo);
        var job = new JobHandle(s_reader.IdOf(video.Id), model.Id);

        // Some vendors name no status here.
        return video.Status.Text() is null ? Running(video, job, response) : Outcome(video, job, response);
    }

    public static JobOutcome ReadPoll(NativeResponse response, JobHandle job) =>
        s_reader.ReadPoll(response, job, r => r.Read(SoraJson.Default.SoraVideo), video => video.Id, video => Outcome(video, job, response));

    /// <summary>A usable id, or null. It becomes a part of a path.</summary>
    public static string? IdOf(SoraVideo video) => video.Id.IdText() is { } id and not ("." or "..") ? id : null;

    public static string PathOf(string id) => $"/v1/videos/{Uri.EscapeDataString(id)}";

    private static JobOutcome Outcome(SoraVideo video, JobHandle job, NativeResponse response) => s_reader.ReadStatus(
        video.Status.Text(),
        () => Running(video, job, response),
        () => new JobOutcome.Succeeded([new MediaSource(MediaType.Video, $"{PathOf(job.NativeId)}/content")
        {
            ContentType = "video/mp4",
            ExpiresAt = video.ExpiresAt.AnyWhole() is { } at and > 0 && at < s_lastSecond ? DateTimeOffset.FromUnixTimeSeconds(at) : null,
        }]),
        _ => SoraFailures.OfJob(video));

    private static JobOutcome.Running Running(SoraVideo video, JobHandle job, NativeResponse response) =>
        new(job, video.Progress.AnyNumber() is { } percent ? Math.Clamp(percent / 100, 0, 1) : null) { PollAfter = PollAfter(response) };

    private static TimeSpan? PollAfter(NativeResponse response) =>
        long.TryParse(response.Header("openai-poll-after-ms"), NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
        && ms is >= 100 and <= 60_000
            ? TimeSpan.FromMilliseconds(ms)
            : null;
}
