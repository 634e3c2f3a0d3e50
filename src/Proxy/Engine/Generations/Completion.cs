using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>What a finished job changes in a generation.</summary>
internal static class Completion
{
    /// <summary>The state once the provider has reported the job as done.</summary>
    public static GenerationState Of(GenerationState state, JobOutcome.Succeeded done) => Of(state, done, static a => a with { Billed = Billed.Yes });

    /// <summary>The state once the provider has reported that in its answer to the submit.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="done">What the provider made.</param>
    /// <param name="took">How long the submit took, milliseconds.</param>
    /// <param name="status">The HTTP status of that answer.</param>
    public static GenerationState AtOnce(GenerationState state, JobOutcome.Succeeded done, long took, int? status) =>
        Of(state, done, a => a with { Outcome = AttemptOutcome.Accepted, Code = null, Cause = null, DurationMs = took, Billed = Billed.Yes, HttpStatus = status });

    /// <summary>What the caller should know of fewer results than there should be.</summary>
    /// <param name="state">The state once the job is done.</param>
    /// <param name="named">How many results were delivered, those among them that could not be fetched.</param>
    /// <param name="most">How many the provider had named at the most.</param>
    /// <returns>Null when none is missing, or the adapter has warned of those that are.</returns>
    public static string? LessOf(GenerationState state, int named, int most) =>
        named < state.ResultsAsked && !state.LeftOutIsTold ? string.Create(CultureInfo.InvariantCulture, $"{state.Provider} delivered {named} of the {state.ResultsAsked} results that were asked for.")
        : named < most ? string.Create(CultureInfo.InvariantCulture, $"{state.Provider} delivered {named} of the {most} results that it had named.")
        : null;

    private static IReadOnlyList<string> WarningsOf(JobOutcome.Succeeded done) =>
        done.TextIsCut ? [.. done.Warnings, "The text ends where the limit of tokens was reached."] : done.Warnings;

    private static GenerationState Of(GenerationState state, JobOutcome.Succeeded done, Func<AttemptReport, AttemptReport> attempt) =>
        Of(state, done, WarningsOf(done), attempt);

    private static GenerationState Of(GenerationState state, JobOutcome.Succeeded done, IReadOnlyList<string> warnings, Func<AttemptReport, AttemptReport> attempt) => state with
    {
        Attempts = state.AttemptsWith(attempt),
        Sources = done.Media,
        Result = new GenerationResult([], done.Text, done.Seed),
        Warnings = warnings.Count == 0 ? state.Warnings : [.. state.Warnings, .. warnings],
        Cost = done.Cost is { } cost ? state.Total(cost) : state.Cost,
        CostEstimated = done.Cost is null && state.CostEstimated,
        TokensUsed = done.TokensUsed,
        InputTokens = done.InputTokens,
        TextIsCut = done.TextIsCut,
        LeftOutIsTold = done.LeftOut > 0,

        // A piece of a text is nobody else's result.
        CachePlan = done.TextIsCut ? null : state.CachePlan,
        Progress = 1,
        Error = null,
        FailedAtProvider = false,
        PollTrouble = null,
        SubmitFailure = null,
    };

    /// <summary>The state once the provider has reported the job as failed.</summary>
    public static GenerationState Of(GenerationState state, ProviderFailure failure, DateTimeOffset now) =>
        state with
        {
            Attempts = state.AttemptsWith(a => a with { Billed = failure.Billed, Code = failure.Code }),
            Error = Failures.ToError(failure, state.Provider, now),
            FailedAtProvider = true,
            Cost = state.CostAfter(failure),
            CostEstimated = failure.Cost is null && state.CostEstimated,
        };
}
