using System.Text.Json.Serialization;
using Framegate.Proxy.Edge.Unified;

namespace Framegate.Proxy.Edge.Admin;

/// <summary>Source-generated JSON of <c>/admin</c>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Listing<ClientView>))]
internal sealed partial class AdminJson : JsonSerializerContext;

/// <summary>A client as <c>GET /admin/clients</c> shows it.</summary>
internal sealed record ClientView(string Name);
