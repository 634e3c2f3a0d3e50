using System.Diagnostics;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Coalescing;
using Framegate.Proxy.Engine.Collect;
using Framegate.Proxy.Engine.Find;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Poll;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Engine.Submit;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine;

/// <summary>
/// Takes one generation from where it stands to its end, one phase after the other: queued, submitting, running, storing. It can start
/// in any of them, which is what happens after a restart.
/// </summary>
internal sealed class GenerationRunner(
    Submitter submitter, JobFinder finder, JobPoller poller, ResultCollector collector, CoalescedRunner coalesced, SharedJobs sharedJobs, IFleet fleet, GenerationWriter writer, TimeProvider time,
    ILogger<GenerationRunner> logger)
{
    private const int FailuresBeforeGivingUp = 5;
    private const int LongestPause = 15;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(2);

    /// <summary>Runs until the generation is finished, or the program stops.</summary>
    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        using var span = Begin(generation.State);
        if (generation is { SharedJob: null, State: { CachePlan: not null, Follows: null } })
        {
            // After a restart: identical requests join it again.
            sharedJobs.TryLead(generation, exclusive: false);
        }

        try
        {
            for (var failures = 0; generation.State.IsOpen && !stopping.IsCancellationRequested;)
            {
                try
                {
                    await StepAsync(generation, stopping);
                }
                catch (OperationCanceledException) when (stopping.IsCancellationRequested)
                {
                    break;
                }
                catch (Exception e) when (e is AlreadyTakenException or LeaseLostException)
                {
                    return;
                }
                catch (SharedJobTakenException)
                {
                    if (!await JoinSharedJobAsync(generation))
                    {
                        return;
                    }
                }
                catch (NotReservedException e)
                {
                    await RefuseAsync(generation, e.Room);
                    return;
                }
                catch (Exception e) when (generation.Unstored is not null)
                {
                    // Nothing is stored and nothing was sent: the caller is answered with that and may try again.
                    generation.GiveUp(e);
                    return;
                }
                catch (Exception e)
                {
                    // Our own fault, or the disk's. A job that may have been paid for is never dropped for it.
                    if (e is not (NoRoomForBodyException or BucketAwayException) && !StoreUnavailableException.TryLog(logger, e))
                    {
                        Log.GenerationStepFailed(logger, e, generation.State.Phase);
                    }

                    // A disk that is full or away, or a bucket that is away with an input, is no reason to give up.
                    if (++failures >= FailuresBeforeGivingUp && e is not (StoreUnavailableException or NoRoomForBodyException or BucketAwayException) && generation.State.Phase is GenerationPhase.Queued)
                    {
                        await writer.FailAsync(generation, Failures.Internal(generation.State, time.GetUtcNow()), atProvider: false);
                        return;
                    }

                    await Pause.ForAsync(PauseAfterFailure * Math.Min(failures, LongestPause), time, stopping);
                }
            }

            await KeepAsync(generation);
        }
        finally
        {
            sharedJobs.End(generation);
            End(span, generation.State);
        }
    }

    private static Activity? Begin(GenerationState state) => Tracing.Resume("generation", ActivityKind.Internal, state.TraceParent)
        ?.SetTag("framegate.generation", state.ShownId).SetTag("framegate.client", state.Client);

    private static void End(Activity? span, GenerationState state)
    {
        span?.SetTag(Tracing.Provider, state.Provider).SetTag(Tracing.Model, state.Model).SetTag("framegate.attempts", state.Attempts.Count)
            .SetTag("framegate.phase", state.Phase.ToString().ToLowerInvariant()).SetTag("framegate.cost.usd", (double?)state.Cost);
        if (state.Error is { } error)
        {
            span.Failed(error.Code.ToWireName());
        }
    }

    /// <summary>Shares the job of an identical request at another replica. It has submitted nothing, and gives back what it has taken for a submit.</summary>
    /// <returns>False when it has been given up.</returns>
    private async Task<bool> JoinSharedJobAsync(Generation generation)
    {
        generation.ReleaseLease();
        generation.LeaveTurn();
        generation.ReleaseReservation();
        generation.Native = null;
        try
        {
            if (await fleet.FindSharedJobAsync(generation.State.CachePlan!.Key, CancellationToken.None) is { } leader)
            {
                generation.Update(s => s with { Cache = CacheUse.Shared, Follows = leader.Id, Cost = 0, CostEstimated = false, Reserved = 0 });
                writer.Uncharge(generation);
            }

            // Else it has ended meanwhile without a result, and this one begins the job after all.
            return true;
        }
        catch (StoreUnavailableException e)
        {
            generation.GiveUp(e);
            return false;
        }
    }

    /// <summary>Ends a generation whose money others have spent. What its caller may ask for again under the same key or id is not stored: that would stand for the refusal for good.</summary>
    private async Task RefuseAsync(Generation generation, BudgetRoom room)
    {
        if (generation.Unstored is { IdempotencyKey: not null } or { IdIsGiven: true })
        {
            generation.GiveUp(new NotReservedException(room));
            return;
        }

        var state = generation.State;
        try
        {
            await writer.FailAsync(generation, RequestErrors.NoBudget(time.GetUtcNow(), state.Client, room.Report, state.Charge), atProvider: false);
        }
        catch (Exception e) when (e is AlreadyTakenException or LeaseLostException)
        {
        }
        catch (Exception e)
        {
            generation.GiveUp(e);
        }
    }

    /// <summary>What a stop finds before its first write is stored all the same, so that its caller leaves with an id that means something.</summary>
    private async Task KeepAsync(Generation generation)
    {
        try
        {
            await writer.StoreAsync(generation);
        }
        catch (AlreadyTakenException)
        {
        }
        catch (NotReservedException e)
        {
            await RefuseAsync(generation, e.Room);
        }
        catch (Exception e)
        {
            generation.GiveUp(e);
        }
    }

    private Task StepAsync(Generation generation, CancellationToken stopping) => generation.State switch
    {
        { Follows: not null } => coalesced.RunAsync(generation, stopping),
        { Phase: var phase } => StepAsync(phase, generation, stopping),
    };

    private Task StepAsync(GenerationPhase phase, Generation generation, CancellationToken stopping) => phase switch
    {
        GenerationPhase.Queued => submitter.RunAsync(generation, stopping),
        GenerationPhase.Submitting or GenerationPhase.Unknown => finder.RunAsync(generation, stopping),
        GenerationPhase.Running => poller.RunAsync(generation, stopping),
        GenerationPhase.Storing => collector.RunAsync(generation, stopping),
        _ => throw new InvalidOperationException($"A generation in phase {phase} is finished."),
    };
}
