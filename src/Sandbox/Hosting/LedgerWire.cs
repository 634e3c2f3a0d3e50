using System.Text.Json.Serialization;

namespace Framegate.Sandbox.Hosting;

/// <summary>The ledger as JSON.</summary>
internal sealed record LedgerAnswer(IReadOnlyList<LedgerEntry> Data);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LedgerAnswer))]
internal sealed partial class LedgerJson : JsonSerializerContext;
