using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Generations;

/// <summary>What a finished job changes in a generation.</summary>
internal static class Completion
{
    /// <summary>The state once the provider has said that the job is done.</summary>
    public static GenerationState Of(GenerationState state, JobOutcome.Succeeded done) => state.WithAttempt(a => a with { Billed = Billed.Yes }) with
    {
        Sources = done.Media,
        Result = new GenerationResult([], done.Text, done.Seed),
        Warnings = [.. state.Warnings, .. done.Warnings],
        Cost = done.Cost is { } cost ? state.Total(cost) : state.Cost,
        CostEstimated = done.Cost is null && state.CostEstimated,
        Progress = 1,
        Error = null,
        Doubt = null,
    };

    /// <summary>The state once the provider has said that the job failed.</summary>
    public static GenerationState Of(GenerationState state, ProviderFailure failure, DateTimeOffset now) =>
        state.WithAttempt(a => a with { Billed = failure.Billed, Code = failure.Code }) with
        {
            Error = Failures.ToError(failure, state.Provider, now),
            FailedAtProvider = true,
            Cost = failure.Billed == Billed.No ? state.Spent : state.Cost,
        };
}
