using System.Globalization;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Selection.Health;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>Reports how generations move: to the health of destinations, and to the metrics.</summary>
internal static class JobReports
{
    /// <summary>Takes note of where a job is open, how long it took, how it went.</summary>
    /// <param name="registry">The health of all destinations.</param>
    /// <param name="before">As it was; null for one that is taken up after a restart.</param>
    /// <param name="after">As it is.</param>
    /// <param name="now">The time.</param>
    public static void Moved(this HealthRegistry registry, GenerationState? before, GenerationState after, DateTimeOffset now)
    {
        var (left, entered) = (before?.OpenAt, after.OpenAt);
        if (!ReferenceEquals(left, entered))
        {
            if (left is not null)
            {
                registry.Closed(left);
            }

            if (entered is not null)
            {
                registry.Opened(entered);
            }
        }

        if (before is null || left is null || entered is not null)
        {
            return;
        }

        if (after.Phase is GenerationPhase.Succeeded or GenerationPhase.Storing)
        {
            registry.Succeeded(left, after.Model, now - (after.SubmittedAt ?? after.CreatedAt));
        }
        else if (before.Job is not null && (after.Phase is GenerationPhase.Queued or GenerationPhase.Failed) && after.Attempts is [.., { Code: { } code }]
            && !code.IsRefusal())
        {
            registry.Failed(left);
        }
    }

    /// <summary>A generation has ended.</summary>
    public static void GenerationEnded(this FramegateMetrics metrics, GenerationState state) => metrics.GenerationEnded(
        state.Provider, state.Model, state.Client, OutcomeOf(state), state.Error?.Code.IsRefusal() == true, state.FinishedAt!.Value - state.CreatedAt, state.OverheadMs,
        CostOf(state), [.. (state.Bills ?? []).Select(b => (b.Provider, b.Model, b.Cost))]);

    /// <summary>A generation has ended: one line of the log.</summary>
    public static void Ended(this ILogger logger, GenerationState state)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            Log.GenerationEnded(
                logger, state.ShownId, state.Client, state.Provider, state.Model, OutcomeOf(state), CostOf(state)?.ToString(CultureInfo.InvariantCulture) ?? "unknown",
                (long)((state.FinishedAt ?? state.CreatedAt) - state.CreatedAt).TotalMilliseconds, state.CallId ?? "unknown");
        }
    }

    /// <summary>What it cost; null where nobody knows. What failed and cannot have been billed cost nothing.</summary>
    private static decimal? CostOf(GenerationState state) => state.Status == GenerationStatus.Failed && !state.MayBePaid ? 0 : state.Cost;

    private static string OutcomeOf(GenerationState state) => state switch
    {
        { Phase: GenerationPhase.Succeeded } => FramegateMetrics.Success,
        { Phase: GenerationPhase.Cancelled } => FramegateMetrics.Cancelled,
        { Error.Code: var code } => code.ToWireName(),
        _ => "unknown",
    };
}
