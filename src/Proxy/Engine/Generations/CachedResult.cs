using Framegate.Proxy.Cache.Entries;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>A generation as an entry of the cache, and an entry as the generation that it answers.</summary>
internal static class CachedResult
{
    /// <summary>The entry that a finished generation leaves.</summary>
    public static CacheEntry Of(GenerationState state, CachePlan cachePlan, DateTimeOffset now) => new()
    {
        Key = cachePlan.Key,
        Id = state.Id,
        Client = state.Client,
        AskedProvider = cachePlan.Provider,
        AskedModel = cachePlan.Model,
        Provider = state.Provider,
        Adapter = state.Adapter,
        Model = state.Model,
        Result = state.Result!,
        Warnings = state.Warnings,
        Attempts = state.Attempts,
        Progress = state.Progress,
        JobLocation = state.JobLocation,
        Cost = state.Cost,
        CostEstimated = state.CostEstimated,
        StoredAt = now,
        ExpiresAt = now + cachePlan.Ttl,
    };

    /// <summary>A generation that this entry answers.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="id">The generation's id.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="now">When.</param>
    public static GenerationState Answer(this CacheEntry entry, string id, string client, DateTimeOffset now) => new()
    {
        Id = id,
        Client = client,
        SchemaVersion = SchemaVersions.Current,
        Provider = entry.Provider,
        Adapter = entry.Adapter,
        Model = entry.Model,
        CreatedAt = now,
        Deadline = now,
        FinishedAt = now,
        OverheadMs = 0,
        IsOpen = false,
        Phase = GenerationPhase.Succeeded,
        Attempts = entry.Attempts,
        Warnings = entry.Warnings,
        Progress = entry.Progress,
        JobLocation = entry.JobLocation,
        Result = entry.Result,
        Cost = 0,
        CostEstimated = entry.CostEstimated,
        Cache = CacheUse.Hit,
        Saved = entry.Cost,
        CachedAt = entry.StoredAt,
        CachedUntil = entry.ExpiresAt,
    };
}
