using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Submit;
using Framegate.Proxy.Selection.Candidates;

namespace Framegate.Proxy.Engine;

/// <summary>The state that a generation begins with.</summary>
internal static class FirstState
{
    /// <summary>What is known when a generation begins. An id that is null is made.</summary>
    public static GenerationState Of(
        string? id, GenerationRequest request, Submission submission, RoutePlan plan, SpendingTerms terms, CachePlan? cachePlan, JobsOptions jobs, PromptStorage storage, DateTimeOffset now) => new()
    {
        Id = id ?? Ids.New("gen_", now),
        Client = submission.Client,
        SchemaVersion = request.SchemaVersion,
        Provider = plan.Provider,
        Adapter = plan.Adapter.Name,
        Model = plan.Model.Id,
        Alias = plan.Alias?.Name,
        Strategy = plan.Alias?.Strategy.Name,
        Candidates = plan.Candidates,
        Skipped = plan.Skipped,
        MaxCost = terms.Most,
        KeepsRequest = plan.Candidates is { Count: > 1 } || request.Retry?.RetryOn is { Count: > 0 },
        RequestMetadata = request.Metadata.ValueKind == System.Text.Json.JsonValueKind.Object ? request.Metadata : null,
        Asked = AskedRequest.Of(request, storage),
        CallbackUrl = request.CallbackUrl?.AbsoluteUri,
        CallbackEvents = request.CallbackEvents,
        BaseUrl = request.CallbackUrl is null ? null : submission.BaseUrl,
        Attachment = submission.Attachment,
        CallId = submission.CallId,
        TraceParent = Tracing.Parent,
        CachePlan = cachePlan,
        Cache = cachePlan is null ? CacheUse.Bypass : submission.Cache.WantsNew ? CacheUse.Refresh : CacheUse.Miss,
        CreatedAt = now,
        Deadline = now + request.Timeout,
        Warnings = request.Retry?.MaxAttempts is { } wanted && new RetryBudget(jobs, request.Retry, plan.Candidates?.Count ?? 1).MaxAttempts is var allowed && allowed < wanted
            ? [.. plan.MappedRequest.Warnings, $"retry_config.max_attempts: {allowed} is the most that is allowed here."]
            : plan.MappedRequest.Warnings,
        Cost = plan.MappedRequest.EstimatedCost,
        CostEstimated = plan.MappedRequest.EstimatedCost is not null,
        Reserved = plan.MappedRequest.EstimatedCost ?? 0,
    };
}
