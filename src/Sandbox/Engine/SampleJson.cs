using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Engine;

/// <summary>An answer in JSON that a schema allows, for clients that read such answers. It echoes what was asked wherever a text may stand.</summary>
internal static class SampleJson
{
    private const int Deepest = 16;

    // A schema that names itself twice grows at each level.
    private const int Most = 200;

    /// <summary>The answer.</summary>
    /// <param name="schema">What it must be like; null for any object.</param>
    /// <param name="text">The text in it.</param>
    public static string Of(JsonElement? schema, string text) =>
        (schema is { ValueKind: JsonValueKind.Object } given ? Value(given, given, text, 0, new Left()) : new JsonObject { ["read"] = text })?.ToJsonString() ?? "null";

    private static JsonNode? Value(JsonElement schema, JsonElement root, string text, int depth, Left left)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > Deepest || left.Count-- <= 0)
        {
            return null;
        }

        if ((schema.Member("const") ?? First(schema.Member("enum"))) is { } only)
        {
            return JsonNode.Parse(only.GetRawText());
        }

        if ((Named(schema.Member("$ref"), root) ?? First(schema.Member("anyOf")) ?? First(schema.Member("oneOf")) ?? First(schema.Member("allOf"))) is { } other)
        {
            return Value(other, root, text, depth + 1, left);
        }

        return TypeOf(schema) switch
        {
            "array" => new JsonArray(Value(schema.Member("items") ?? default, root, text, depth + 1, left)),
            "integer" or "number" => schema.Member("minimum") is { ValueKind: JsonValueKind.Number } least ? JsonNode.Parse(least.GetRawText()) : 1,
            "boolean" => true,
            "string" => schema.Member("maxLength") is { ValueKind: JsonValueKind.Number } most && most.TryGetInt32(out var length) && length >= 0 && length < text.Length ? text[..length] : text,
            "null" => null,
            _ => Object(schema, root, text, depth, left),
        };
    }

    private static JsonObject Object(JsonElement schema, JsonElement root, string text, int depth, Left left)
    {
        var made = new JsonObject();
        if (schema.Member("properties") is { ValueKind: JsonValueKind.Object } properties)
        {
            foreach (var property in properties.EnumerateObject())
            {
                made[property.Name] = Value(property.Value, root, text, depth + 1, left);
            }
        }

        return made;
    }

    /// <summary>The type in small letters, as not every provider has them; of several the first that is not null.</summary>
    private static string TypeOf(JsonElement schema) => schema.Member("type") switch
    {
        { ValueKind: JsonValueKind.String } one => one.GetString()!.ToLowerInvariant(),
        { ValueKind: JsonValueKind.Array } several => several.EnumerateArray().Select(t => t.ToString().ToLowerInvariant()).FirstOrDefault(t => t != "null") ?? "null",
        _ => schema.Member("items") is null ? "object" : "array",
    };

    private static JsonElement? First(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } all && all.GetArrayLength() > 0 ? all[0] : null;

    /// <summary>What a reference within the schema leads to, as in <c>#/$defs/name</c>.</summary>
    private static JsonElement? Named(JsonElement? reference, JsonElement root)
    {
        if (reference is not { ValueKind: JsonValueKind.String } text || !text.GetString()!.StartsWith("#/", StringComparison.Ordinal))
        {
            return null;
        }

        JsonElement? found = root;
        foreach (var name in text.GetString()![2..].Split('/'))
        {
            found = found is { ValueKind: JsonValueKind.Object } level ? level.Member(name) : null;
        }

        return found;
    }

    /// <summary>How many values may still be made.</summary>
    private sealed class Left
    {
        public int Count { get; set; } = Most;
    }
}
