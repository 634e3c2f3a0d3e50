using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>Generations to store.</summary>
internal static class States
{
    public static readonly DateTimeOffset Now = new(2026, 11, 3, 10, 0, 0, TimeSpan.Zero);

    public static GenerationState New(string id, string client = "local", string provider = "flux") => new()
    {
        Id = id,
        Client = client,
        SchemaVersion = "2.0",
        Provider = provider,
        Adapter = provider,
        Model = "m",
        CreatedAt = Now,
        Deadline = Now.AddMinutes(5),
    };

    /// <summary>One with everything in it.</summary>
    public static GenerationState Accepted(string id, string nativeId) => New(id) with
    {
        Phase = GenerationPhase.Running,
        Attempts = [new AttemptReport("flux", "only", AttemptOutcome.Accepted, null, Billed.Unknown, 12)],
        SubmittedAt = Now.AddSeconds(1),
        JobLocation = new JobLocation("flux", "only", "https://api.example/", "KEY"),
        Job = new JobHandle(nativeId, "m") { PollUrl = "https://api.example/poll", State = new Dictionary<string, string> { ["a"] = "b" } },
        Sources = [new MediaSource(MediaType.Image, "https://cdn.example/x") { ContentType = "image/png", ExpiresAt = Now.AddMinutes(10) }],
        SubmitFailure = new ProviderFailure(ErrorCode.NetworkError, "?") { RetryAfter = TimeSpan.FromSeconds(3) },
        Warnings = ["careful"],
        Cost = 0.04m,
        CostEstimated = true,
        Progress = 0.5,
    };

    public static GenerationState Ended(string id, GenerationPhase phase) => New(id) with
    {
        Phase = phase,
        IsOpen = false,
        FinishedAt = Now.AddSeconds(9),
        Error = phase == GenerationPhase.Succeeded ? null : new GenerationError { Code = ErrorCode.ProviderError, Message = "no", Timestamp = Now },
        Result = phase == GenerationPhase.Succeeded ? new GenerationResult([], "text", 7) : null,
    };

    public static StoredRequest Request(string body = "{}", string? key = null, bool idIsGiven = false)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        return new StoredRequest(bytes, System.Security.Cryptography.SHA256.HashData(bytes), key, idIsGiven);
    }
}
