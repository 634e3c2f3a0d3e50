using System.Text.Json.Serialization;

namespace Framegate.Proxy.Http;

/// <summary>Source-generated JSON of answers that only the HTTP surface has.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HttpJson : JsonSerializerContext;
