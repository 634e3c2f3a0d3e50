using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Bench.Servers;

/// <summary>An invented provider that answers a submit with the finished text: one upstream exchange per generation, as bare YARP has it.</summary>
internal sealed class SyncAdapter : ProviderAdapter
{
    public const string ProviderName = "sync";
    public const string ModelId = "sync-1";
    public const string KeyVariable = "BENCH_SYNC_KEY";

    public override string Name => ProviderName;

    public override IReadOnlyList<ModelInfo> Models { get; } = [new ModelInfo(ModelId, MediaType.Text)];

    public override IReadOnlyList<string> KeyVariables { get; } = [KeyVariable];

    public override KeyValuePair<string, string> Authorize(Secret key) => new("x-key", key.Reveal());

    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues) =>
        NativeRequest.PostJson("/sync", JsonSerializer.SerializeToUtf8Bytes(new SyncRequest(model.Id, request.Prompt) { Image = request.Parameters.Image?.ToBase64() }, SyncJson.Default.SyncRequest));

    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) =>
        new JobOutcome.Succeeded([]) { Text = response.Read(SyncJson.Default.SyncAnswer).Output };

    public override NativeRequest BuildPoll(JobHandle job) => NativeRequest.Get("/sync");

    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job) => new JobOutcome.Failed(ReadError(response, NativeCall.Poll));

    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) =>
        ProviderFailure.NotAccepted(ErrorCode.ProviderError, $"The stub answered {response.Status}.");

    public override NativeRequest BuildProbe() => NativeRequest.Get("/bench/counts");
}

internal sealed record SyncRequest(string Model, string Prompt)
{
    public string? Image { get; init; }
}

internal sealed record SyncAnswer(string Id, string Output);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SyncRequest))]
[JsonSerializable(typeof(SyncAnswer))]
internal sealed partial class SyncJson : JsonSerializerContext;
