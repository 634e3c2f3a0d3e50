using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Plugins.Tests.Contract;

[JsonSerializable(typeof(JsonElement))]
internal sealed partial class JsonElementJson : JsonSerializerContext;
