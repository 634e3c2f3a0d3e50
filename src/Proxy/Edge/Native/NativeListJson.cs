using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Lists of jobs.</summary>
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class NativeListJson : JsonSerializerContext;
