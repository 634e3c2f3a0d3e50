using System.Text.Json.Serialization;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>What a replica reports about itself.</summary>
/// <param name="Host">The name of its machine.</param>
/// <param name="Version">Its build.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Open">How many generations it drives.</param>
/// <param name="ByProvider">How many of them at each provider.</param>
/// <param name="LagMs">How long its last renewal of the lease took, milliseconds.</param>
internal sealed record ReplicaReport(string Host, string Version, DateTimeOffset StartedAt, int Open, IReadOnlyDictionary<string, int> ByProvider, long LagMs);

/// <summary>A replica as the store knows it.</summary>
/// <param name="Id">The replica.</param>
/// <param name="LeaseUntil">When its lease ends, by the store's clock.</param>
/// <param name="IsAlive">True while the lease lasts.</param>
/// <param name="Report">What it reported last; null before the first time.</param>
internal sealed record ReplicaRow(string Id, DateTimeOffset LeaseUntil, bool IsAlive, ReplicaReport? Report);

/// <summary>Writes and reads reports without reflection.</summary>
[JsonSerializable(typeof(ReplicaReport))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ReplicaJson : JsonSerializerContext;
