using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Keys;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine;

/// <summary>What the cache does with a request that has been checked: answers it, or lets it through.</summary>
internal sealed class CacheLookup(
    MediaCache cache, IGenerationStore store, IMediaCatalogue catalogue, GenerationWriter writer, ClientKeys clients, FramegateMetrics metrics, IOptionsMonitor<JobsOptions> jobs, TimeProvider time, ILogger<CacheLookup> logger)
{
    /// <summary>What the request needs to be cached.</summary>
    /// <returns>Null when the cache is left out of it.</returns>
    /// <param name="request">The request.</param>
    /// <param name="model">The model that was asked for; null when it is an alias, or unknown.</param>
    /// <param name="submission">How it came in.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async ValueTask<CachePlan?> PlanOfAsync(GenerationRequest request, ModelInfo? model, Submission submission, CancellationToken cancellationToken)
    {
        if (submission.Cache.NoStore)
        {
            return null;
        }

        Dictionary<string, string>? hashes = null;
        foreach (var id in InputReader.StoredIn(request.Parameters))
        {
            if (await catalogue.FindAsync(id, cancellationToken) is { } stored)
            {
                (hashes ??= new Dictionary<string, string>(StringComparer.Ordinal))[id] = stored.Sha256;
            }
        }

        return cache.PlanOf(request, submission.Dialect, submission.Client, model?.Defaults ?? GenerationParameters.None, id => hashes?.GetValueOrDefault(id));
    }

    /// <summary>The entry that may answer.</summary>
    public async ValueTask<CacheEntry?> LookAsync(CachePlan? cachePlan, CacheDirectives directives, DateTimeOffset now, CancellationToken cancellationToken) =>
        cachePlan is not null && !directives.NoCache && await cache.FindAsync(cachePlan.Key, cancellationToken) is { } entry
            && (directives.MaxAge is not { } oldest || now - entry.StoredAt <= oldest)
            ? entry
            : null;

    /// <summary>Answers from an entry. Nothing has been paid, so only a request that must be found again under its caller's own name, or
    /// called back, is written down; the id of any other leads back to the generation that made the result.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="cachePlan">What the request needs to be cached.</param>
    /// <param name="request">The request.</param>
    /// <param name="submission">How it came in.</param>
    /// <param name="stored">What is stored of it.</param>
    /// <param name="named">The id that it is stored under, where it has one already.</param>
    /// <param name="now">When it came.</param>
    /// <returns>Null when the request's id or key has been taken meanwhile.</returns>
    public async ValueTask<Admission?> AnswerAsync(
        CacheEntry entry, CachePlan cachePlan, GenerationRequest request, Submission submission, StoredRequest stored, string? named, DateTimeOffset now)
    {
        var id = IsPlain(request, submission) && await OriginOfAsync(entry) is { } origin ? HitId.New(now, origin) : null;
        var state = entry.Answer(id ?? named ?? Ids.New("gen_", now), submission.Client, now) with
        {
            SchemaVersion = request.SchemaVersion,
            CachePlan = cachePlan,
            RequestMetadata = request.Metadata.ValueKind == System.Text.Json.JsonValueKind.Object ? request.Metadata : null,
            Asked = id is null ? AskedRequest.Of(request, clients.PromptsOf(submission.Client, jobs.CurrentValue.Prompts)) : null,
            CallbackUrl = request.CallbackUrl?.AbsoluteUri,
            CallbackEvents = request.CallbackEvents,
            BaseUrl = request.CallbackUrl is null ? null : submission.BaseUrl,
            Attachment = submission.Attachment,
            CallId = submission.CallId,
        };
        if (id is null)
        {
            try
            {
                await writer.StoreAsync(new Generation(state, time) { Unstored = stored });
                logger.Ended(state);
                if (entry.Local.Origin is null && HitId.CanHold(state.Id))
                {
                    entry.Local.Origin = state.Id;
                }
            }
            catch (AlreadyTakenException)
            {
                return null;
            }
        }

        cache.StatsOf(cachePlan).Hit(entry.Cost);
        metrics.Saved(submission.Client, entry.Cost);
        return Admission.Of(state, null, replayed: false) with { CachedUnder = id is null ? null : cachePlan.Key };
    }

    /// <summary>A hit that was not written down, by its id.</summary>
    /// <returns>Null when it is none, or none of this client's, or the generation that made its result is forgotten.</returns>
    public async ValueTask<GenerationState?> FindHitAsync(string id, string client, CancellationToken cancellationToken)
    {
        if (HitId.Read(id) is not var (at, origin) || await store.FindAsync(origin, cancellationToken) is not { Result: not null, CachePlan: { } cachePlan } made
            || (made.Client != client && !cachePlan.Key.StartsWith(CacheKeys.Shared + "/", StringComparison.Ordinal)))
        {
            return null;
        }

        // The origin may itself be a hit, on a result that another replica made.
        var madeAt = made.CachedAt ?? made.FinishedAt ?? made.CreatedAt;
        return CachedResult.Of(made with { Cost = made.Saved ?? made.Cost }, cachePlan, madeAt).Answer(id, client, at) with { Asked = made.Asked };
    }

    private static bool IsPlain(GenerationRequest request, Submission submission) =>
        request.SchemaVersion == SchemaVersions.Current && request.RequestId is null && request.CallbackUrl is null && submission.IdempotencyKey is null
        && request.Metadata.ValueKind != System.Text.Json.JsonValueKind.Object;

    /// <summary>The generation that the hits of an entry lead back to.</summary>
    /// <returns>Null when there is none in this store, or a hit's id cannot hold its id.</returns>
    private async ValueTask<string?> OriginOfAsync(CacheEntry entry)
    {
        if (entry.Local.Origin is null && HitId.CanHold(entry.Id)
            && await store.FindAsync(entry.Id, CancellationToken.None) is { CachePlan: { } cachePlan } && cachePlan.Key == entry.Key)
        {
            entry.Local.Origin = entry.Id;
        }

        return entry.Local.Origin;
    }
}
