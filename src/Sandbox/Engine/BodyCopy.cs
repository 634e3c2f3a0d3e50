using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Sandbox.Engine;

/// <summary>Copies of a body for later answers. Long texts are replaced by an address, as nobody repeats a picture.</summary>
internal static class BodyCopy
{
    private const int Longest = 30_000;

    public static JsonNode? Of(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var copy = new JsonObject();
                foreach (var property in value.EnumerateObject())
                {
                    copy[property.Name] = Of(property.Value);
                }

                return copy;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Of)]);
            case JsonValueKind.String when value.GetString()!.Length > Longest:
                return "https://example.com/sandbox/input";
            case JsonValueKind.Null:
                return null;
            default:
                return JsonNode.Parse(value.GetRawText());
        }
    }
}
