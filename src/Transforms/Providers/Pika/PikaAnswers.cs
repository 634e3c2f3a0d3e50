using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>Answers of the queue as outcomes. A job is asked for its status until it is completed, well or not, and then for its result.</summary>
internal static class PikaAnswers
{
    private static readonly JobReader s_reader = new("Pika", PikaFailures.RequestNotFound, PikaFailures.Read);

    public static JobOutcome ReadSubmit(NativeResponse response, ModelInfo model)
    {
        var answer = s_reader.ObjectOf(response);
        var id = s_reader.IdOf(answer.Member("request_id"));
        var state = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in (ReadOnlySpan<string>)[PikaLinks.Result, PikaLinks.Cancel])
        {
            if (PikaLinks.Absolute(answer.Member(name).Text()) is { } url)
            {
                state[name] = url;
            }
        }

        return new JobOutcome.Running(new JobHandle(id, model.Id) { PollUrl = PikaLinks.Absolute(answer.Member("status_url").Text()), State = state });
    }

    public static JobOutcome ReadPoll(NativeResponse response, JobHandle job) =>
        PikaLinks.IsCompleted(job) && response.Status is not (404 or 410)
            ? ReadResult(response, job)
            : s_reader.ReadPoll(response, job, s_reader.ObjectOf, answer => answer.Member("request_id"), answer => ReadStatus(answer, job));

    private static JobOutcome ReadStatus(JsonElement answer, JobHandle job)
    {
        switch (WordIn(answer))
        {
            case null:
                return MediaOf(answer) is { } media
                    ? new JobOutcome.Succeeded([media])
                    : new JobOutcome.Unreadable(ProviderFailure.Unclear("Pika answered without a status."));
            case "COMPLETED":
                // There is no word for a failure; the result's URL shows it, unless the status names a type that suffices.
                var error = PikaError.Of(answer);
                return PikaFailures.IsKnown(error.Type)
                    ? new JobOutcome.Failed(PikaFailures.OfJob(error))
                    : new JobOutcome.Running(PikaLinks.Completed(job)) { PollAfter = TimeSpan.Zero };
            default:
                // IN_QUEUE, IN_PROGRESS, and whatever comes next.
                return new JobOutcome.Running(job);
        }
    }

    private static JobOutcome ReadResult(NativeResponse response, JobHandle job)
    {
        if (response.IsSuccess)
        {
            var answer = s_reader.ObjectOf(response);
            return s_reader.IsOfAnother(answer.Member("request_id"), job) is { } unreadable ? unreadable
                : MediaOf(answer) is { } media ? new JobOutcome.Succeeded([media])
                : WordIn(answer) is "IN_QUEUE" or "IN_PROGRESS" ? new JobOutcome.Running(job)
                : IsOfTheRunner(PikaError.Of(answer)) ? new JobOutcome.Failed(PikaFailures.OfJob(PikaError.Of(answer)))
                : new JobOutcome.Unreadable(ProviderFailure.Unclear("Pika reports the request as completed and names no result."));
        }

        var error = PikaError.Of(response);
        if (response.Status == 400 && error.Text?.Contains("in progress", StringComparison.OrdinalIgnoreCase) == true)
        {
            return new JobOutcome.Running(job);
        }

        if (!IsOfTheRunner(error) && (response.Status < 500 || response.Header("x-fal-request-id") != job.NativeId))
        {
            return new JobOutcome.Unreadable(PikaFailures.Read(response, NativeCall.Poll));
        }

        // fal's own client asks again after these: what the way may answer too ends no paid job at its first word.
        return response.Status is 502 or 503 or 504 && !PikaLinks.IsUnconfirmed(job)
            ? new JobOutcome.Running(PikaLinks.Unconfirmed(job)) { PollAfter = PikaLinks.RecheckAfter }
            : new JobOutcome.Failed(PikaFailures.OfJob(response));
    }

    private static string? WordIn(JsonElement answer) => answer.Member("status").Text()?.Trim().ToUpperInvariant();

    // What the runner answered comes back with its status, and names a type or the request. What stands before the queue does neither.
    private static bool IsOfTheRunner(PikaError error) => error.Type is not (null or "authorization_error" or "rate_limited");

    private static MediaSource? MediaOf(JsonElement answer)
    {
        var video = answer.Member("video").OneOrMore().FirstOrDefault();
        return video.Address() is { } url
            ? new MediaSource(MediaType.Video, url) { IsAsNamed = true, ContentType = video.Member("content_type").Text() is { Length: > 0 and < 128 } type ? type : null }
            : null;
    }
}
