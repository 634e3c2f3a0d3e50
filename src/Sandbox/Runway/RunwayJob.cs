using System.Globalization;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Runway;

/// <summary>An accepted task.</summary>
/// <param name="Id">A UUID.</param>
/// <param name="Order">What was asked for.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="Timeline">Its life once the account has room for it, which can be later than its acceptance.</param>
/// <param name="Seed">Decides the colours.</param>
internal sealed record RunwayJob(string Id, RunwayOrder Order, DateTimeOffset CreatedAt, JobTimeline Timeline, long Seed) : IStandInJob
{
    public string Prompt => Order.Prompt;

    public string ContentType => Order.Output switch
    {
        RunwayMedia.Image => Order.Encoding.ContentType(),
        RunwayMedia.Audio => ToneWriter.ContentType,
        _ => ClipShelf.ContentType,
    };

    public string FileName(int index)
    {
        var extension = Order.Output switch { RunwayMedia.Image => Order.Encoding.Extension(), RunwayMedia.Audio => "wav", _ => "mp4" };
        return string.Create(CultureInfo.InvariantCulture, $"{index}.{extension}");
    }

    /// <summary>The state as the API reports it.</summary>
    /// <param name="now">The present.</param>
    /// <param name="links">Makes the addresses of the files; only asked after a success.</param>
    public RunwayTask Describe(DateTimeOffset now, Func<IReadOnlyList<string>> links)
    {
        var task = new RunwayTask(Id, CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), Status(now));
        var full = new RunwayCredits(Order.Credits);
        return task.Status switch
        {
            "PENDING" or "THROTTLED" => task with { EstimatedCost = full },
            "RUNNING" => task with { EstimatedCost = full, Progress = Math.Round(Timeline.ProgressAt(now), 2) },
            "SUCCEEDED" => task with { Output = links(), Cost = full },

            // Moderation is billed in full, a fault of the service is not.
            _ when Timeline.Ending == JobEnding.Moderated => task with
            {
                Failure = "The prompt was rejected by content moderation.",
                FailureCode = "SAFETY.INPUT.TEXT",
                Cost = full,
            },
            _ => task with { Failure = "An unexpected error occurred.", Cost = new(0) },
        };
    }

    private string Status(DateTimeOffset now) => now < Timeline.AcceptedAt ? "THROTTLED" : Timeline.PhaseAt(now) switch
    {
        JobPhase.Queued => "PENDING",
        JobPhase.Running => "RUNNING",
        _ => Timeline.Ending == JobEnding.Success ? "SUCCEEDED" : "FAILED",
    };
}
