using System.Security.Cryptography;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Coalescing;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Moderation;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine;

/// <summary>The entry of the engine: a request is checked, distinguished from earlier ones, and becomes a generation.</summary>
internal sealed class GenerationAdmission(
    IGenerationStore store, OpenGenerations open, RequestRouter router, CandidatePicker picker, ModelCatalogue catalogue, CacheLookup lookup, Coalescer coalescer,
    GenerationService generations, SchemaVersions versions, AdmissionRules rules, InputLocation location, PromptGate prompts, ClientKeys clients, ClientJobs jobs, IBudgetLedger budgets, UnansweredOrders unanswered,
    IFleet fleet, IOptions<JobsOptions> options, TimeProvider time, ILogger<GenerationAdmission> logger)
{
    /// <summary>
    /// Takes a request in: reads, checks and stores it, and starts it. When this returns a generation, <c>kill -9</c> cannot lose it; where the caller
    /// <see cref="Submission.Waits"/>, that is true when <see cref="GenerationService.WaitAsync"/> returns.
    /// </summary>
    public ValueTask<Admission> AdmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        submission = WithoutLocation(submission);
        var reading = versions.Read(submission.Body, submission.Held);
        var asked = reading.Request is null ? submission : submission with { Content = ContentPrint.Of(submission.Body, submission.Held) };
        var admission = AdmitAsync(asked, reading, now, cancellationToken);
        return reading.SchemaVersion == SchemaVersions.Current ? admission : InCallersWordsAsync(admission, reading);
    }

    /// <summary>Takes in a request that its edge has read; the submission's body holds the same for who reads it after a restart.</summary>
    public ValueTask<Admission> AdmitAsync(Submission submission, GenerationRequest request, CancellationToken cancellationToken) =>
        AdmitAsync(WithoutLocation(submission), new GenerationRequestReading(location.Erase(request), [], request.RequestId), time.GetUtcNow(), cancellationToken);

    /// <summary>What is stored, and read again after a restart, has no place where a picture was made either.</summary>
    private Submission WithoutLocation(Submission submission) =>
        location.Erase(submission.Body) is var body && ReferenceEquals(body, submission.Body) ? submission : submission with { Body = body, Fingerprint = submission.Fingerprint ?? SHA256.HashData(submission.Body) };

    /// <remarks>
    /// 1. What cannot be read is refused.
    /// 2. What was asked for before, by its key or the id that its caller gave it, leads back to its generation.
    /// 3. What breaks a rule of its client is refused.
    /// 4. What was asked for before, and whose answer was lost or left open whether a job was paid, is joined.
    /// 5. Anything else is a new order.
    /// </remarks>
    private async ValueTask<Admission> AdmitAsync(
        Submission submission, GenerationRequestReading reading, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // 1. The reader has found everything that is wrong.
        if (reading.Request is not { } request)
        {
            return Admission.Refused(RequestErrors.Of(reading.Errors, now), reading.RequestId);
        }

        // 2. An id that the edge has made is new.
        var stored = new StoredRequest(
            // Another replica may have to read it.
            fleet.IsShared ? InputFolder.Whole(submission.Body, request.Held) : submission.Body, submission.Content ?? submission.Fingerprint ?? SHA256.HashData(submission.Body), submission.IdempotencyKey, request.RequestId is not null && !submission.IdIsNew)
        {
            // Another replica may look for it.
            ByContent = submission.Join || fleet.IsShared,
        };
        var given = stored.IdIsGiven ? await StoredIdOfAsync(request.RequestId!, submission.Client, cancellationToken) : null;
        var order = new AskedFor(submission, request, stored, given, now);
        if (await KnownAsync(order, cancellationToken) is { } known)
        {
            return known;
        }

        // 3. Here and nowhere else: what is read again for another candidate, or after a restart, is what was let in.
        if (await rules.RefusalOfAsync(request, submission.Client, now, cancellationToken) is { } broken)
        {
            return Admission.Refused(broken, request.RequestId);
        }

        if (order.IsRepetition && submission.Tries is { } tries && unanswered.Refused.TryTake(KeyOf(order), tries, unanswered.Window))
        {
            order = order with { Submission = submission with { IsRepetition = false } };
        }

        while (true)
        {
            var turn = TurnOf(order);
            var admitted = false;
            try
            {
                if (turn is { IsFirst: true } && await IsLeftElsewhereAsync(order, cancellationToken))
                {
                    turn.Withdraw();
                    continue;
                }

                // 4., 5. Each lost answer is given to one who asks again.
                var admission = turn is { IsFirst: false }
                    ? await JoinAsync(turn, order, cancellationToken)
                    : await AnsweredAsync(order, cancellationToken) ?? await OrderAsync(order, turn, cancellationToken);
                if (admission is not null)
                {
                    if (admission.Refusal is { Retryable: true } && turn is { IsFirst: true } && order is { Stored: { IdempotencyKey: null, IdIsGiven: false }, Submission.Tries: { } counted })
                    {
                        unanswered.Refused.Note(KeyOf(order), counted, unanswered.Window);
                    }

                    admitted = turn?.Value is { } id && id == admission.State?.Id;
                    return admitted ? admission with { Turn = turn } : admission;
                }
            }
            finally
            {
                if (!admitted)
                {
                    turn?.Dispose();
                }
            }
        }
    }

    /// <summary>The caller's claim to the answer of an order: of an earlier one, where nothing shows that this is another.</summary>
    /// <returns>Null when nobody waits for the answer.</returns>
    private Turn<string>? TurnOf(AskedFor order)
    {
        if (order.Submission.Caller is not { } caller)
        {
            return null;
        }

        var key = KeyOf(order);
        if (order.Submission.Content is not null && unanswered.Orders.AnyRestored && !unanswered.Orders.HasRestored(key)
            && ContentKey.Of(order.Submission.Client, PrintOfBytes(order.Submission)) is var bytes && unanswered.Orders.HasRestored(bytes))
        {
            // An earlier build has left it under the print of the bytes.
            key = bytes;
        }

        return order.Stored.IdempotencyKey is not null || order.Stored.IdIsGiven || unanswered.Window == TimeSpan.Zero
            ? unanswered.Orders.Begin(key, caller)
            : unanswered.Orders.Enter(key, caller, unanswered.Window, order.Submission.IsRepetition);
    }

    private static ContentKey KeyOf(AskedFor order) => ContentKey.Of(order.Submission.Client, order.Stored.Fingerprint);

    /// <summary>Takes an equal order over that has lost its caller at another replica. One that names itself, or says that it repeats itself, is found without.</summary>
    private ValueTask<bool> IsLeftElsewhereAsync(AskedFor order, CancellationToken cancellationToken) =>
        order is { Stored: { IdempotencyKey: null, IdIsGiven: false }, Submission: { Caller: not null } submission } && !(submission.Join && submission.IsRepetition)
            ? unanswered.TakeFromOthersAsync(submission.Client, order.Stored.Fingerprint, MayAnswerAgain, id => open.Find(id) is not null, cancellationToken)
            : new(false);

    /// <summary>Joins an order whose answer was lost.</summary>
    /// <returns>Null when nothing came of it that could answer; it is forgotten then.</returns>
    private async ValueTask<Admission?> JoinAsync(Turn<string> turn, AskedFor order, CancellationToken cancellationToken)
    {
        if (await turn.Begun.WaitAsync(cancellationToken) is { } id
            && await generations.FindAsync(id, order.Submission.Client, cancellationToken) is var (state, running) && MayAnswerAgain(state))
        {
            Log.RepetitionJoined(logger, state.Provider, state.Phase);
            return Admission.Of(state, running, replayed: true) with { Joined = true };
        }

        turn.Withdraw();
        return null;
    }

    /// <summary>A caller that declares a repetition, although its answer was given: somebody in between has lost it.</summary>
    private async ValueTask<Admission?> AnsweredAsync(AskedFor order, CancellationToken cancellationToken)
    {
        if (!order.IsRepetition)
        {
            return null;
        }

        var since = order.Now - unanswered.Window;
        foreach (var id in await store.FindRepeatsAsync(order.Submission.Client, order.Stored.Fingerprint, since - UnansweredOrders.LongestWait, cancellationToken))
        {
            if (order.Submission.Given?.Contains(id) != true
                && await generations.FindAsync(id, order.Submission.Client, cancellationToken) is var (state, running) && MayAnswerAgain(state) && (state.IsOpen || state.FinishedAt >= since))
            {
                Log.RepetitionJoined(logger, state.Provider, state.Phase);
                return Admission.Of(state, running, replayed: true) with { Joined = true };
            }
        }

        return null;
    }

    // What has failed and certainly cost nothing is tried anew, as is what was cancelled; what the cache has answered was no order.
    private static bool MayAnswerAgain(GenerationState state) =>
        state is { CancelRequested: false, ClientCancelled: false, Cache: not CacheUse.Hit } && state.Error?.Details?.Reason != Failures.Cancelled
        && (state.Status != GenerationStatus.Failed || FailureStatus.IsUncertain(state));

    /// <remarks>
    /// 1. A result that the cache has answers, where its client may ask for it: that needs no provider, no key and no budget. Anything else is judged by the moderation service.
    /// 2. A provider is picked; the pick counts as a job at once.
    /// 3. There must be room for another generation, and money for it: its upper bound is reserved.
    /// 4. It starts, with a job of its own or with that of an identical one.
    /// 5. Its caller is let go once it is on the disk. Where the cache has got a result meanwhile, all begins again with step 1.
    /// </remarks>
    private async ValueTask<Admission> OrderAsync(AskedFor order, Turn<string>? turn, CancellationToken cancellationToken)
    {
        var (submission, request, stored, given, now) = order;
        var settings = clients.SettingsOf(submission.Client);
        var terms = new SpendingTerms(submission.Client, settings)
        {
            Parts = submission.Parts,
            PartsLeft = submission.PartsLeft,
            MaxCost = request.Retry?.MaxCost is { } own && !(submission.MaxCost < own) ? own : submission.MaxCost,
            MaxCostField = request.Retry?.MaxCost is { } asked && !(submission.MaxCost < asked) ? "retry_config.max_cost" : MaxCostHeader.Name,
        };
        if (router.Forbids(request, terms) is { } forbidden)
        {
            return Admission.Refused(forbidden, request.RequestId);
        }

        var cachePlan = await lookup.PlanOfAsync(request, catalogue.Find(request.Provider, request.Model), submission, cancellationToken);
        var (isJudged, isPlannedAgain) = (false, false);
        while (true)
        {
            // 1. Before anything is planned.
            if (await lookup.LookAsync(cachePlan, submission.Cache, now, cancellationToken) is { } entry)
            {
                return await lookup.AnswerAsync(entry, cachePlan!, request, submission, stored, given ?? request.RequestId, now) ?? await TakenAsync();
            }

            if (!isJudged && !submission.Cache.OnlyIfCached && await prompts.JudgeAsync(request, cancellationToken) is { } judged)
            {
                return Admission.Refused(judged, request.RequestId);
            }

            // 2. Whatever ends the admission takes the pick's count off again, until the generation has started and does so itself.
            isJudged = true;
            var inputs = new ReadInputs();
            var plan = await PlanAsync(request, terms with { Budget = RoomFor(submission) }, inputs, cancellationToken);
            if (plan.Refusal is { } refusal)
            {
                return Admission.Refused(refusal, request.RequestId);
            }

            var generation = new Generation(FirstState.Of(
                given ?? request.RequestId, request, submission, plan, terms, cachePlan, options.Value, clients.PromptsOf(submission.Client, options.Value.Prompts), now), time)
            {
                Request = request,
                Inputs = inputs,
                Native = plan.MappedRequest.Native,
                Reservation = plan.Alias is null ? null : picker.ReservationOf(plan.Picked.Candidate),
                Unstored = stored,
            };
            using var hold = new Hold(generation, open, turn, budgets);

            // 3. After the plan, so that a request that could never be done is refused for that first.
            if (submission.Cache.OnlyIfCached)
            {
                return Admission.Refused(RequestErrors.NotCached(now), request.RequestId, StatusCodes.Status504GatewayTimeout);
            }

            if (open.LimitFor(submission.Client) is var (setting, limit))
            {
                return Admission.Refused(RequestErrors.TooMany(now, setting, limit, !setting.EndsWith(nameof(JobsOptions.MaxOpen), StringComparison.Ordinal)), request.RequestId);
            }

            var (place, full) = await jobs.TryTakeAsync(submission.Client, AdmissionRules.NamesOf(request), generation.State.Id);
            if (full is var (clientSetting, most))
            {
                return Admission.Refused(RequestErrors.TooMany(now, clientSetting, most, ofClient: true), request.RequestId);
            }

            generation.Place = place;
            generation.BudgetHold = new BudgetHold(submission.Client, now, generation.State.Id);
            if (await ReserveAsync(generation.BudgetHold, generation.State.Charge, submission, cancellationToken) is { } used)
            {
                // Others have taken it since the plan. A cheaper candidate may do.
                if (plan.Alias is not null && !isPlannedAgain)
                {
                    isPlannedAgain = true;
                    continue;
                }

                return Admission.Refused((terms with { Budget = used }).Refuses(plan.MappedRequest.EstimatedCost, now)!, request.RequestId);
            }

            // 4. An id of our own cannot be taken, and a caller that waits receives nothing before its result, which comes after the insert.
            var leads = true;
            var starting = cachePlan is not null ? coalescer.StartAsync(generation, submission.Cache.WantsNew, hold.Start, out leads)
                : hold.Start(generation) ? new ValueTask<InsertOutcome?>(generation.Admitted.Task)
                : new(InsertOutcome.IdTaken);
            if (leads && submission.Waits && stored is { IdIsGiven: false, IdempotencyKey: null } && request.CallbackUrl is null && !starting.IsCompleted)
            {
                return Admission.Of(generation.State, generation, replayed: false);
            }

            // 5. Null: nothing was started.
            try
            {
                if (await starting is { } outcome)
                {
                    return outcome == InsertOutcome.Stored ? Admission.Of(generation.State, generation, replayed: false) : await TakenAsync();
                }
            }
            catch (NotReservedException e)
            {
                // This process was paused since it was reserved.
                turn?.Withdraw();
                return Admission.Refused(RequestErrors.NoBudget(now, submission.Client, e.Room.Report, generation.State.Charge), request.RequestId);
            }
        }

        // Somebody else was first since the key and the id were looked for.
        async ValueTask<Admission> TakenAsync()
        {
            turn?.Withdraw();
            return await KnownAsync(order, cancellationToken)
                ?? Admission.Refused(RequestErrors.Of(now, "request_id", "It is in use."), request.RequestId, StatusCodes.Status409Conflict);
        }
    }

    /// <summary>What the budgets leave for a request. What is reserved for it and its other parts is its own.</summary>
    private BudgetRoom? RoomFor(Submission submission) =>
        budgets.LeastOf(submission.Client) is { } room ? room with { Left = room.Left + (submission.PartsHold?.Hold?.Amount ?? 0) } : null;

    /// <summary>Reserves what a generation may cost. With the first of several parts it reserves what all of them may: two calls never get half of theirs each.</summary>
    private async ValueTask<BudgetRoom?> ReserveAsync(BudgetHold hold, decimal charge, Submission submission, CancellationToken cancellationToken)
    {
        if (submission is { PartsLeft: > 1, PartsHold: { Hold: null } parts })
        {
            var all = new BudgetHold(hold.Client, hold.At, "parts_" + hold.Id);
            if (await budgets.TryReserveAsync(all, Money.Rounded(charge) * submission.PartsLeft, cancellationToken) is { } used)
            {
                return used;
            }

            parts.Hold = all;
        }

        return await budgets.TryReserveAsync(hold, charge, cancellationToken, submission.PartsHold?.Hold);
    }

    /// <summary>What an older version's reader refuses has its own names already; what comes after it is not.</summary>
    private async ValueTask<Admission> InCallersWordsAsync(ValueTask<Admission> admitting, GenerationRequestReading reading)
    {
        var admission = await admitting;
        return (admission with { SchemaVersion = reading.SchemaVersion }) is { Refusal: { Details.Fields: { } fields } refusal } refused && reading.Request is not null
            ? refused with { Refusal = RequestErrors.Of(versions.InNamesOf(fields, reading.SchemaVersion), refusal.Timestamp, refusal.Code) }
            : admission with { SchemaVersion = reading.SchemaVersion };
    }

    /// <summary>The id that a caller's id is stored under. A build with one name space for all has stored it as it is.</summary>
    private async ValueTask<string> StoredIdOfAsync(string given, string client, CancellationToken cancellationToken) =>
        !clients.Required || (await store.FindAsync(given, cancellationToken))?.Client == client ? given : GivenId.Of(given, client);

    /// <summary>The generation that an idempotency key, or a repeated request id, stands for.</summary>
    private async ValueTask<Admission?> KnownAsync(AskedFor order, CancellationToken cancellationToken)
    {
        if (order.Stored.IdempotencyKey is { } key && await store.FindKeyAsync(order.Submission.Client, key, cancellationToken) is var (id, fingerprint))
        {
            return await ReplayAsync(order, id, fingerprint, "Idempotency-Key", StatusCodes.Status422UnprocessableEntity, cancellationToken);
        }

        return order.GivenId is { } given && await store.FindFingerprintAsync(given, cancellationToken) is { } first
            ? await ReplayAsync(order, given, first, "request_id", StatusCodes.Status409Conflict, cancellationToken)
            : null;
    }

    private async ValueTask<Admission> ReplayAsync(
        AskedFor order, string id, byte[] fingerprint, string field, int conflictStatus, CancellationToken cancellationToken)
    {
        var (submission, _, stored, _, now) = order;
        if (!IsSame(fingerprint) || await generations.FindAsync(id, submission.Client, cancellationToken) is not var (state, running))
        {
            return Admission.Refused(RequestErrors.Of(now, field, "It was used before, with another body."), GivenId.Shown(id), conflictStatus);
        }

        return running is { Waiting: > 0 } && !submission.Join
            ? Admission.Refused(RequestErrors.Of(now, field, "The first request with it is still waiting for its answer."), GivenId.Shown(id), StatusCodes.Status409Conflict)
            : Admission.Of(state, running, replayed: true) with
            {
                Turn = submission.Caller is { } caller ? unanswered.Orders.Return(ContentKey.Of(submission.Client, fingerprint), id, caller) : null,
            };

        // An earlier build has stored the print of the bytes.
        bool IsSame(byte[] print) => print.AsSpan().SequenceEqual(stored.Fingerprint)
            || (submission.Content is not null && print.AsSpan().SequenceEqual(PrintOfBytes(submission)));
    }

    private static byte[] PrintOfBytes(Submission submission) => submission.Fingerprint ?? SHA256.HashData(submission.Body);

    private async ValueTask<RoutePlan> PlanAsync(GenerationRequest request, SpendingTerms terms, ReadInputs inputs, CancellationToken cancellationToken)
    {
        using var span = Tracing.Begin("plan");
        RoutePlan? plan = null;
        try
        {
            plan = await router.PlanAsync(request, terms, hold: true, inputs, cancellationToken);
        }
        finally
        {
            if (plan?.Refusal is not null || plan is null)
            {
                inputs.Forget();
            }
        }

        span?.SetTag("framegate.candidates", plan.All.Count).SetTag("framegate.candidates.able", plan.All.Count(c => c.Refusal is null));
        if (plan.Refusal is { } refusal)
        {
            span.Failed(refusal.Code.ToWireName());
        }

        return plan;
    }

    /// <summary>The count that a pick has left, until the generation is driven.</summary>
    private sealed class Hold(Generation generation, OpenGenerations open, Turn<string>? turn, IBudgetLedger budgets) : IDisposable
    {
        private bool _started;

        /// <summary>Begins to drive the generation, whose driver gives the count back from then on.</summary>
        /// <returns>False when another one with its id is driven.</returns>
        public bool Start(Generation started)
        {
            _started = open.Start(started);
            if (_started)
            {
                turn?.Begin(started.State.Id);
            }

            return _started;
        }

        public void Dispose()
        {
            if (_started)
            {
                return;
            }

            generation.ReleaseReservation();
            generation.Request = null;
            generation.ReleasePlace();
            if (generation.BudgetHold is { } hold)
            {
                budgets.Settle(hold, 0);
            }
        }
    }

    /// <summary>What is asked for.</summary>
    /// <param name="Submission">How it came in.</param>
    /// <param name="Request">The request.</param>
    /// <param name="Stored">What is stored of it.</param>
    /// <param name="GivenId">The id that the caller gave it; null for none.</param>
    /// <param name="Now">When it came.</param>
    private sealed record AskedFor(Submission Submission, GenerationRequest Request, StoredRequest Stored, string? GivenId, DateTimeOffset Now)
    {
        /// <summary>Whether its caller counts it as a repetition; one with a key is told from others by that.</summary>
        public bool IsRepetition => Submission.IsRepetition && Stored.IdempotencyKey is null;
    }
}
