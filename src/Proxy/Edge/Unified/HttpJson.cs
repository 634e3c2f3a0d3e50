using System.Text.Json.Serialization;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>Source-generated JSON of answers that only the HTTP surface has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QuoteAnswer))]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HttpJson : JsonSerializerContext;
