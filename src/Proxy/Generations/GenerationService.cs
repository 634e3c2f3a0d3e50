using System.Security.Cryptography;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache;
using Framegate.Proxy.Callbacks;
using Framegate.Proxy.Catalogue;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Routing;
using Framegate.Proxy.Startup;
using Framegate.Proxy.Storage;
using Framegate.Transforms.Schemas;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Generations;

/// <summary>What a client can do with generations.</summary>
internal sealed class GenerationService(
    IGenerationStore store, OpenGenerations open, ProviderTable providers, ModelCatalogue catalogue, Intake intake, CacheDoor door,
    HostSettings settings, SchemaVersions versions, ClientKeys clients, ICancelWishes wishes, IOptions<JobsOptions> options, TimeProvider time)
{
    /// <summary>Takes a request in: reads, checks and stores it, and starts it. When this returns a generation, <c>kill -9</c> cannot lose it, nor, unless the caller waits, the loss of power.</summary>
    public ValueTask<Admission> AdmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var reading = versions.Read(submission.Body);
        var admission = AdmitAsync(submission, reading, now, cancellationToken);
        return reading.SchemaVersion == SchemaVersions.Current ? admission : InCallersWordsAsync(admission, reading);
    }

    private async ValueTask<Admission> AdmitAsync(
        Submission submission, GenerationRequestReading reading, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (body, client, idempotencyKey, _, waits) = submission;
        if (reading.Request is not { } request)
        {
            return Admission.Refused(Refusals.Of(reading.Errors, now), reading.RequestId);
        }

        var stored = new StoredRequest(body, submission.Fingerprint ?? SHA256.HashData(body), idempotencyKey, request.RequestId is not null);
        if (Known(client, request.RequestId, stored, now) is { } known)
        {
            return known;
        }

        if (request.CallbackUrl is { } callback && CallbackAddress.WhyRefused(callback, !clients.Required) is { } unsafeCallback)
        {
            return Admission.Refused(Refusals.Of(now, "callback_url", unsafeCallback), request.RequestId);
        }

        if (Resolve(request, now, out var provider, out var adapter, out var model) is { } refusal)
        {
            return Admission.Refused(refusal, request.RequestId);
        }

        var mapped = await intake.MapAsync(adapter, model, request, cancellationToken);
        if (mapped.Refusal is { } unmapped)
        {
            return Admission.Refused(unmapped, request.RequestId);
        }

        var ticket = door.TicketOf(request, model, submission);
        if (await door.LookAsync(ticket, submission.Cache, now, cancellationToken) is { } entry)
        {
            return await AnswerAsync(entry);
        }

        if (submission.Cache.OnlyIfCached)
        {
            return Admission.Refused(Refusals.NotCached(now), request.RequestId, StatusCodes.Status504GatewayTimeout);
        }

        if (!open.HasRoom)
        {
            return Admission.Refused(Refusals.TooMany(now, options.Value.MaxOpen), request.RequestId);
        }

        var generation = new Generation(NewState(request, submission, provider, adapter, model, mapped, now) with { Ticket = ticket })
        {
            Request = request,
            Native = mapped.Native,
            Unstored = stored,
        };
        var outcome = ticket is not null ? await door.StartAsync(generation, fresh: submission.Cache.WantsNew)
            : open.Start(generation) ? await generation.Admitted.Task
            : InsertOutcome.IdTaken;
        if (outcome is null)
        {
            return await door.LookAsync(ticket, submission.Cache, now, cancellationToken) is { } late
                ? await AnswerAsync(late)
                : await AdmitAsync(submission, reading, now, cancellationToken);
        }

        if (outcome != InsertOutcome.Stored)
        {
            return Taken();
        }

        if (!waits || request.CallbackUrl is not null)
        {
            await store.FlushAsync();
        }

        return Admission.Of(generation.State, generation, replayed: false);

        async ValueTask<Admission> AnswerAsync(CacheEntry found) => await door.AnswerAsync(found, ticket!, request, submission, stored, now) ?? Taken();

        // Somebody else was first since the look-up above.
        Admission Taken() => Known(client, request.RequestId, stored, now)
            ?? Admission.Refused(Refusals.Of(now, "request_id", "It is in use."), request.RequestId, StatusCodes.Status409Conflict);
    }

    /// <summary>What an older version's reader refuses is told in its own names already; what comes after it is not.</summary>
    private async ValueTask<Admission> InCallersWordsAsync(ValueTask<Admission> admitting, GenerationRequestReading reading)
    {
        var admission = await admitting;
        return (admission with { SchemaVersion = reading.SchemaVersion }) is { Refusal: { Details.Fields: { } fields } refusal } refused && reading.Request is not null
            ? refused with { Refusal = Refusals.Of(versions.InNamesOf(fields, reading.SchemaVersion), refusal.Timestamp, refusal.Code) }
            : admission with { SchemaVersion = reading.SchemaVersion };
    }

    /// <summary>A generation as it stands.</summary>
    /// <returns>Null when this client has none with this id.</returns>
    public (GenerationState State, Generation? Running)? Find(string id, string client)
    {
        var running = open.Find(id);
        var state = running?.State ?? store.Find(id) ?? door.FindHit(id, client);
        return state?.Client == client ? (state, running) : null;
    }

    /// <summary>A page of generations, newest first; those that run show what is known now.</summary>
    public async ValueTask<IReadOnlyList<GenerationState>> ListAsync(GenerationFilter filter) =>
        [.. (await store.ListAsync(filter)).Select(s => open.Find(s.Id) is { } running ? running.State with { Number = s.Number } : s)];

    /// <summary>Waits until a generation is finished for its caller.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="atMost">How long.</param>
    /// <param name="aborted">The client has gone; the generation goes on.</param>
    /// <returns>The state then.</returns>
    public async Task<GenerationState> WaitAsync(Generation generation, TimeSpan atMost, CancellationToken aborted)
    {
        Interlocked.Increment(ref generation.Waiting);
        try
        {
            var until = time.GetUtcNow() + atMost;
            while (true)
            {
                var (state, changed) = generation.Observe();
                var left = until - time.GetUtcNow();
                if (state.Status != GenerationStatus.Processing)
                {
                    return state;
                }

                if (left <= TimeSpan.Zero || aborted.IsCancellationRequested)
                {
                    await store.FlushAsync();
                    return state;
                }

                await changed.WaitAsync(left, time, aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            Interlocked.Decrement(ref generation.Waiting);
        }
    }

    /// <summary>Asks a generation to end, and waits a moment for it. The wish outlives <c>kill -9</c>.</summary>
    public async Task<GenerationState> CancelAsync(Generation generation, CancellationToken aborted)
    {
        if (await door.TryLeaveAsync(generation, time.GetUtcNow()))
        {
            return generation.State;
        }

        await wishes.AddAsync(generation.State.Id, CancellationToken.None);
        generation.Update(s => s with { CancelRequested = true });
        await generation.Cancelled.CancelAsync();
        return await WaitAsync(generation, TimeSpan.FromSeconds(10), aborted);
    }

    /// <summary>The generation that an idempotency key, or a repeated request id, stands for.</summary>
    private Admission? Known(string client, string? requestId, StoredRequest stored, DateTimeOffset now)
    {
        if (stored.IdempotencyKey is { } key && store.FindKey(client, key) is var (id, fingerprint))
        {
            return Replay(id, client, fingerprint, stored, "Idempotency-Key", StatusCodes.Status422UnprocessableEntity, now);
        }

        return requestId is not null && store.FingerprintOf(requestId) is { } first
            ? Replay(requestId, client, first, stored, "request_id", StatusCodes.Status409Conflict, now)
            : null;
    }

    private Admission Replay(
        string id, string client, byte[] fingerprint, StoredRequest stored, string field, int conflictStatus, DateTimeOffset now)
    {
        if (!fingerprint.AsSpan().SequenceEqual(stored.Fingerprint) || Find(id, client) is not var (state, running))
        {
            return Admission.Refused(Refusals.Of(now, field, "It was used before, with another body."), id, conflictStatus);
        }

        return running is { Waiting: > 0 }
            ? Admission.Refused(Refusals.Of(now, field, "The first request with it is still waiting for its answer."), id, StatusCodes.Status409Conflict)
            : Admission.Of(state, running, replayed: true);
    }

    private GenerationError? Resolve(
        GenerationRequest request, DateTimeOffset now, out string provider, out ProviderAdapter adapter, out ModelInfo model)
    {
        (provider, adapter, model) = (request.Provider, null!, null!);
        foreach (var native in request.Parameters.Native.Keys)
        {
            if (!providers.IsExtrasKey(native))
            {
                return Refusals.Of(now, "parameters." + native, "It is no parameter and no provider.", [.. NeutralParameter.Names, .. providers.ExtrasKeys]);
            }
        }

        if (request.Provider == GenerationRequest.AnyProvider)
        {
            var names = providers.Names;
            var having = names.Where(n => catalogue.Find(n, request.Model) is not null).ToList();
            provider = having.Find(providers.HasKey) ?? having.FirstOrDefault() ?? "";
            if (provider.Length == 0)
            {
                return Refusals.UnknownModel(
                    now, "No provider has this model.", [.. names.SelectMany(n => catalogue.ModelsOf(n).Select(m => m.Id)).Distinct()]);
            }
        }

        if (providers.Find(provider) is not { } found)
        {
            return Refusals.Of(now, "provider", "There is no such provider.", [.. providers.Names, GenerationRequest.AnyProvider]);
        }

        adapter = found;
        var chosen = provider;
        if (catalogue.Find(provider, request.Model) is not { } knownModel)
        {
            return Refusals.UnknownModel(now, $"{chosen} has no such model.", [.. catalogue.ModelsOf(chosen).Select(m => m.Id)]);
        }

        model = knownModel;
        if (!providers.HasDestination(provider))
        {
            return Refusals.Of(now, "provider", settings.Sandbox is null ? "It has no destination." : "The sandbox has no stand-in for it.");
        }

        return providers.HasKey(provider) ? null : Refusals.NoKey(now, provider, adapter.KeyVariables);
    }

    private static GenerationState NewState(
        GenerationRequest request, Submission submission, string provider, ProviderAdapter adapter, ModelInfo model, Mapped mapped, DateTimeOffset now) => new()
        {
            Id = request.RequestId ?? "gen_" + Guid.CreateVersion7(now).ToString("n"),
            Client = submission.Client,
            SchemaVersion = request.SchemaVersion,
            Provider = provider,
            Adapter = adapter.Name,
            Model = model.Id,
            RequestMetadata = request.Metadata.ValueKind == System.Text.Json.JsonValueKind.Object ? request.Metadata : null,
            CallbackUrl = request.CallbackUrl?.AbsoluteUri,
            BaseUrl = request.CallbackUrl is null ? null : submission.BaseUrl,
            CreatedAt = now,
            Deadline = now + request.Timeout,
            Warnings = [.. mapped.Warnings, .. request.Parameters.Native.Keys.Where(n => n != adapter.ExtrasKey).Select(n => $"parameters.{n}: not meant for {provider}; it was left out.")],
            Cost = mapped.EstimatedCost,
            CostEstimated = mapped.EstimatedCost is not null,
        };
}
