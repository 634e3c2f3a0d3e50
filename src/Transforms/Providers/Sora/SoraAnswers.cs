using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>Answers to submits and polls as outcomes.</summary>
internal static class SoraAnswers
{
    private static readonly long s_lastSecond = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static JobOutcome ReadSubmit(NativeResponse response, ModelInfo model)
    {
        var video = response.Read(SoraJson.Default.SoraVideo);
        if (IdOf(video) is not { } id)
        {
            throw new JsonException("Sora took a request without naming the video.");
        }

        var job = new JobHandle(id, model.Id);
        return Outcome(video, job, response) ?? Running(video, job, response);
    }

    public static JobOutcome ReadPoll(NativeResponse response, JobHandle job)
    {
        if (response.Status is 404 or 410)
        {
            return new JobOutcome.NotFound(SoraFailures.VideoNotFound);
        }

        if (!response.IsSuccess)
        {
            return new JobOutcome.Unreadable(SoraFailures.Read(response, NativeCall.Poll));
        }

        var video = response.Read(SoraJson.Default.SoraVideo);
        return Outcome(video, job, response)
            ?? new JobOutcome.Unreadable(SoraFailures.NoStatus);
    }

    /// <summary>A usable id, or null. It becomes a part of a path.</summary>
    public static string? IdOf(SoraVideo video) => video.Id.Text() is { Length: > 0 } id and not ("." or "..") ? id : null;

    public static string PathOf(string id) => $"/v1/videos/{Uri.EscapeDataString(id)}";

    private static JobOutcome? Outcome(SoraVideo video, JobHandle job, NativeResponse response) => video.Status.Text() switch
    {
        null => null,
        "completed" => new JobOutcome.Succeeded([new MediaSource(MediaType.Video, $"{PathOf(job.NativeId)}/content")
        {
            ContentType = "video/mp4",
            ExpiresAt = video.ExpiresAt.AnyWhole() is { } at and > 0 && at < s_lastSecond ? DateTimeOffset.FromUnixTimeSeconds(at) : null,
        }]),
        "failed" or "expired" => new JobOutcome.Failed(SoraFailures.OfJob(video)),

        // queued, in_progress, and whatever a vendor adds.
        _ => Running(video, job, response),
    };

    private static JobOutcome.Running Running(SoraVideo video, JobHandle job, NativeResponse response) =>
        new(job, video.Progress.AnyNumber() is { } percent ? Math.Clamp(percent / 100, 0, 1) : null) { PollAfter = PollAfter(response) };

    private static TimeSpan? PollAfter(NativeResponse response) =>
        long.TryParse(response.Header("openai-poll-after-ms"), NumberStyles.None, CultureInfo.InvariantCulture, out var ms)
        && ms is >= 100 and <= 60_000
            ? TimeSpan.FromMilliseconds(ms)
            : null;
}
