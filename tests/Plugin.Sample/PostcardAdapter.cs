using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Plugin.Sample;

/// <summary>A provider that answers a text at once; the smallest adapter there can be.</summary>
public sealed class PostcardAdapter : ProviderAdapter
{
    /// <inheritdoc/>
    public override string Name => "postcard";

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInfo> Models { get; } = [new("postcard-1", MediaType.Text) { Capabilities = ["text-to-text"] }];

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyVariables { get; } = ["POSTCARD_KEY"];

    /// <inheritdoc/>
    public override KeyValuePair<string, string> Authorize(Secret key) => new("x-postcard-key", key.Reveal());

    /// <inheritdoc/>
    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues) =>
        NativeRequest.PostJson("/cards", Encoding.UTF8.GetBytes($"{{\"text\":\"{JsonEncodedText.Encode(request.Prompt)}\"}}"));

    /// <inheritdoc/>
    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) =>
        new JobOutcome.Succeeded([]) { Text = JsonElement.Parse(response.Body.Span).GetProperty("text").GetString() };

    /// <inheritdoc/>
    public override NativeRequest BuildPoll(JobHandle job) => throw new NotSupportedException("It answers at once.");

    /// <inheritdoc/>
    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job) => throw new JsonException("It answers at once.");

    /// <inheritdoc/>
    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) =>
        ProviderFailure.NotAccepted(ErrorCode.ProviderError, $"Postcard answered {response.Status}.");

    /// <summary>Postcard prints a card once, however often it is ordered with the same key.</summary>
    public override Reconciliation Reconciliation { get; } = new() { IdempotencyKey = IdempotencyKey.InHeader("Idempotency-Key", TimeSpan.FromHours(24)) };

    /// <inheritdoc/>
    public override NativeRequest BuildProbe() => NativeRequest.Get("/");
}
