using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Transforms.Tests.Schemas.Reading;

[JsonSerializable(typeof(JsonElement))]
internal sealed partial class JsonElementJson : JsonSerializerContext;
