using System.Globalization;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Sora;

/// <summary>An accepted video.</summary>
internal sealed record SoraJob(string Id, SoraOrder Order, JobTimeline Timeline, long Seed) : IStandInJob
{
    /// <summary>Documented: links are valid for up to 1 hour after generation.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public string Prompt => Order.Prompt;

    public (int Width, int Height) Pixels
    {
        get
        {
            var x = Order.Size.IndexOf('x');
            return (int.Parse(Order.Size.AsSpan(0, x), CultureInfo.InvariantCulture), int.Parse(Order.Size.AsSpan(x + 1), CultureInfo.InvariantCulture));
        }
    }

    public DateTimeOffset ExpiresAt(SandboxOptions options) => Timeline.DoneAt + (options.ResultLifetime ?? Lifetime);

    public SoraVideo Describe(DateTimeOffset now, SandboxOptions options)
    {
        var phase = Timeline.PhaseAt(now);
        var completed = Timeline.SucceededBy(now);
        return new(
            Id, "video", Order.Model,
            phase switch { JobPhase.Queued => "queued", JobPhase.Running => "in_progress", _ => completed ? "completed" : "failed" },
            completed ? 100 : Math.Min((int)(Timeline.ProgressAt(now) * 100), 99),
            Timeline.AcceptedAt.ToUnixTimeSeconds(),
            completed ? Timeline.DoneAt.ToUnixTimeSeconds() : null,
            completed ? ExpiresAt(options).ToUnixTimeSeconds() : null,
            Prompt, Order.Size, Order.Seconds.ToString(CultureInfo.InvariantCulture), Order.RemixedFrom,
            phase == JobPhase.Done ? Error(Timeline.Ending) : null);
    }

    private static SoraJobError? Error(JobEnding ending) => ending switch
    {
        JobEnding.Moderated => new("moderation_blocked", "Your request was blocked by our moderation system."),
        JobEnding.Error => new("server_error", "The video could not be generated because of an internal error."),
        _ => null,
    };
}
