using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.Open;

/// <summary>
/// Holds a job open whose provider is not known any more, as after a restart without its file or plugin. Nothing can be asked about it until that is back; what has been
/// paid for is kept as long as a late result is, and a minute at least after a start: a file may come back after the program.
/// </summary>
internal static class MissingProvider
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_least = TimeSpan.FromMinutes(1);

    /// <summary>Waits for the provider of a job.</summary>
    /// <param name="providers">The providers.</param>
    /// <param name="writer">Ends the generation where its time is over.</param>
    /// <param name="generation">The generation.</param>
    /// <param name="lateWindow">How long after the caller's time a result is waited for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">The program stops.</param>
    /// <returns>The adapter and the model; null when the generation has been ended.</returns>
    public static async Task<(ProviderAdapter Adapter, ModelInfo Model)?> WaitAsync(
        ProviderTable providers, GenerationWriter writer, Generation generation, TimeSpan lateWindow, TimeProvider time, CancellationToken stopping)
    {
        var least = generation.Clock.Now + (lateWindow < s_least ? lateWindow : s_least);
        while (true)
        {
            var state = generation.State;
            if (providers.FindForJob(state.Provider, state.Adapter, state.Model, state.Job) is { } adapter && adapter.FindModel(state.Model) is { } model)
            {
                return (adapter, model);
            }

            var now = generation.Clock.Now;
            if (state.CancelRequested)
            {
                await Cancellation.EndAsync(writer, generation, now);
                return null;
            }

            var end = generation.Deadline + lateWindow is var late && late > least ? late : least;
            if (now >= end)
            {
                await writer.FailAsync(generation, Failures.Gone(state, now), atProvider: false);
                return null;
            }

            if (state.PollTrouble is null)
            {
                var failure = new ProviderFailure(ErrorCode.ProviderError, $"{state.Provider} with {state.Model} is not configured any more.") { Acceptance = Acceptance.Yes, Billed = Billed.Unknown };
                generation.Update(s => s with { PollTrouble = PollTrouble.Of(null, failure, 0, now) });
            }

            if (now >= generation.Deadline && state.Error is null)
            {
                // The caller's time is over, the job's is not.
                await writer.WriteAsync(generation, s => s with { Error = Failures.DeadlinePassed(s, now), FailedAtProvider = false, FinishedAt = now });
            }

            using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
            await Pause.ForAsync(end - now < s_look ? end - now : s_look, time, wake.Token);
            stopping.ThrowIfCancellationRequested();
        }
    }
}
