using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Client;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.DotnetClient;

/// <summary>The client's types against the OpenAPI document that the program serves.</summary>
public sealed class DocumentTests(Gateway gateway) : IClassFixture<Gateway>
{
    /// <summary>What only an operator or a later look is told, and what the client leaves to its readers.</summary>
    private static readonly string[] _leftOut =
    [
        "GenerationResponse.metadata.created_at", "GenerationResponse.metadata.finished_at", "GenerationResponse.metadata.asked", "GenerationResponse.metadata.client",
        "GenerationResponse.metadata.skipped", "GenerationResponse.metadata.queue", "GenerationResponse.attempt.at_ms", "GenerationResponse.attempt.reconciled",
        "GenerationResponse.details.budget", "GenerationResponse.details.skipped",
    ];

    [Fact]
    public async Task Types_AreThoseOfTheDocument()
    {
        var schemas = (await gateway.Client.GetAsync("/openapi/v2.json")).Json.At("components.schemas");
        foreach (var (type, name) in new (Type, string)[]
        {
            (typeof(GenerationRequest), "GenerationRequest"), (typeof(GenerationParameters), "GenerationRequest.parameters"), (typeof(RetryConfig), "GenerationRequest.retry_config"),
            (typeof(Generation), "GenerationResponse"), (typeof(GenerationResult), "GenerationResponse.result"), (typeof(MediaItem), "GenerationResponse.media"), (typeof(Provenance), "GenerationResponse.provenance"),
            (typeof(GenerationError), "GenerationResponse.error"), (typeof(ErrorDetails), "GenerationResponse.details"), (typeof(FieldError), "GenerationResponse.field_error"),
            (typeof(GenerationMetadata), "GenerationResponse.metadata"), (typeof(GenerationAttempt), "GenerationResponse.attempt"), (typeof(Quote), "QuoteAnswer"), (typeof(ModelListing), "ModelListing"),
        })
        {
            var documented = schemas.GetProperty(name).GetProperty("properties").EnumerateObject().Select(p => p.Name).Where(p => !_leftOut.Contains($"{name}.{p}"));
            Assert.Equal(documented.Order(), Names(type).Order());
        }

        Assert.Equal(
            schemas.GetProperty("GenerationResponse.code").GetProperty("enum").EnumerateArray().Select(c => c.GetString()).Order(),
            typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!).Order());
    }

    private static IEnumerable<string> Names(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetCustomAttribute<JsonExtensionDataAttribute>() is null)
        .Select(p => p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name));
}
