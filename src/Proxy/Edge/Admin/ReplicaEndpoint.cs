using System.Text.Json.Serialization;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Edge.Admin;

/// <summary><c>GET /admin/replicas</c>: the processes on this store, and what each drives. Empty where the store belongs to this process.</summary>
internal static class ReplicaEndpoint
{
    /// <summary>Maps it.</summary>
    public static void MapReplicas(this RouteGroupBuilder admin) => admin.MapMethods("/replicas", ReadRoutes.Methods, async (IFleet fleet, StoreOwner own, CancellationToken aborted) => TypedResults.Json(
        new Listing<ReplicaView>([.. (await fleet.ListAsync(aborted)).Select(r => ReplicaView.Of(r, r.Id == own.Id))]), ReplicaViewJson.Default.ListingReplicaView));
}

/// <summary>A replica.</summary>
/// <param name="Id">The replica.</param>
/// <param name="Self">Whether it has answered this call.</param>
/// <param name="Alive">Whether its lease lasts.</param>
/// <param name="LeaseUntil">When its lease ends, by the store's clock.</param>
/// <param name="Host">The name of its machine; null before its first report.</param>
/// <param name="Version">Its build.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="Open">How many generations it drives.</param>
/// <param name="ByProvider">How many of them at each provider.</param>
/// <param name="LagMs">How long its last renewal of the lease took, milliseconds.</param>
internal sealed record ReplicaView(
    string Id, bool Self, bool Alive, DateTimeOffset LeaseUntil, string? Host, string? Version, DateTimeOffset? StartedAt, int Open, IReadOnlyDictionary<string, int> ByProvider, long? LagMs)
{
    /// <summary>A row of the store.</summary>
    public static ReplicaView Of(ReplicaRow row, bool self) => new(
        row.Id, self, row.IsAlive, row.LeaseUntil, row.Report?.Host, row.Report?.Version, row.Report?.StartedAt, row.Report?.Open ?? 0,
        row.Report?.ByProvider ?? new Dictionary<string, int>(), row.Report?.LagMs);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Listing<ReplicaView>))]
internal sealed partial class ReplicaViewJson : JsonSerializerContext;
