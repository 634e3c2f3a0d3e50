using Framegate.Plugins;
using Framegate.Proxy.Engine.Collect;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>Writes down what came back for a submit: a job, a result, or what <see cref="SubmitRecovery"/> makes of a failure.</summary>
internal sealed class SubmitSettlement(SubmitRecovery recovery, ResultCollector collector, GenerationWriter writer)
{
    /// <summary>Writes it down.</summary>
    /// <param name="run">What is remembered.</param>
    /// <param name="exchange">The submit.</param>
    /// <param name="outcome">What its answer means.</param>
    /// <returns>The pause before the next try; null when there is none.</returns>
    public async ValueTask<TimeSpan?> SettleAsync(SubmitRun run, ProviderExchange exchange, JobOutcome outcome)
    {
        var generation = run.Generation;
        var adapter = exchange.Adapter;
        var took = (long)exchange.Elapsed.TotalMilliseconds;
        var status = exchange.HttpStatusOrNull();
        switch (outcome)
        {
            case JobOutcome.Running running:
                await writer.KeepAsync(generation, s => s with
                {
                    Attempts = s.AttemptsWith(a => a with { Outcome = AttemptOutcome.Accepted, Code = null, Cause = null, DurationMs = took, HttpStatus = status }),
                    Phase = GenerationPhase.Running,
                    SubmitFailure = null,
                    Job = running.Job,
                    Progress = running.Progress,
                    Cost = running.Cost is { } cost ? s.Total(cost) : s.Cost,
                    CostEstimated = running.Cost is null && s.CostEstimated,
                });
                break;
            case JobOutcome.Succeeded { Media.Count: 0 } done:
                await writer.SucceedAsync(generation, s => Completion.AtOnce(s, done, took, status));
                break;
            case JobOutcome.Succeeded done when await collector.TryStoreInlineAsync(generation, adapter, done, (s, d) => Completion.AtOnce(s, d, took, status), CancellationToken.None):
                break;
            case JobOutcome.Succeeded done:
                await writer.KeepAsync(generation, s => Completion.AtOnce(s, done, took, status) with { Phase = GenerationPhase.Storing });
                break;
            case JobOutcome.Failed { Failure: var failure }:
                return await recovery.RecoverAsync(run, exchange, failure);
            default:
                return await recovery.RecoverAsync(run, exchange, Failures.Unreadable(adapter.Name));
        }

        generation.Request = generation.State.NeedsRequest ? generation.Request : null;
        generation.Native = null;
        return null;
    }
}

/// <summary>What an exchange reports of its answer.</summary>
internal static class ExchangeStatus
{
    /// <summary>The HTTP status of the answer; null when none came.</summary>
    public static int? HttpStatusOrNull(this ProviderExchange? exchange) => exchange is { Status: > 0 and var status } ? status : null;
}
