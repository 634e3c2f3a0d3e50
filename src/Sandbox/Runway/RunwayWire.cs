using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Framegate.Sandbox.Runway;

/// <summary>A number of credits; one is a US cent.</summary>
internal sealed record RunwayCredits(int Credits);

/// <summary>Answer to a submit.</summary>
internal sealed record RunwaySubmitted(string Id, RunwayCredits EstimatedCost);

/// <summary>A task; what its state does not have is left out.</summary>
internal sealed record RunwayTask(string Id, string CreatedAt, string Status)
{
    public IReadOnlyList<string>? Output { get; init; }

    public string? Failure { get; init; }

    public string? FailureCode { get; init; }

    public RunwayCredits? EstimatedCost { get; init; }

    public double? Progress { get; init; }

    public RunwayCredits? Cost { get; init; }
}

/// <summary>Any refusal.</summary>
internal sealed record RunwayError(string Error)
{
    public JsonArray? Issues { get; init; }

    public string? DocUrl { get; init; }
}

/// <summary><c>GET /v1/organization</c>.</summary>
internal sealed record RunwayOrganization(int CreditBalance, RunwayTier Tier, RunwayUsage Usage);

/// <summary>What the account may do.</summary>
internal sealed record RunwayTier(int MaxMonthlyCreditSpend, IReadOnlyDictionary<string, RunwayLimits> Models);

/// <summary>Limits of one model.</summary>
internal sealed record RunwayLimits(int? MaxConcurrentGenerations, int? MaxDailyGenerations);

/// <summary>What the account has done.</summary>
internal sealed record RunwayUsage(IReadOnlyDictionary<string, RunwayCount> Models);

/// <summary>Tasks of one model since the sandbox started.</summary>
internal sealed record RunwayCount(int DailyGenerations);

/// <summary>Answer to <c>POST /v1/uploads</c>.</summary>
internal sealed record RunwayUpload(string UploadUrl, JsonObject Fields, string RunwayUri);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunwayOrganization))]
[JsonSerializable(typeof(RunwayUpload))]
internal sealed partial class RunwayAccountJson : JsonSerializerContext;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunwaySubmitted))]
[JsonSerializable(typeof(RunwayTask))]
[JsonSerializable(typeof(RunwayError))]
internal sealed partial class RunwayJson : JsonSerializerContext;
