using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Sandbox.Runway;

/// <summary>Entries of <c>issues</c>, in the manner of the validator that Runway uses (zod 4).</summary>
internal static class RunwayIssue
{
    public static JsonObject NoModel() => new()
    {
        ["code"] = "invalid_union",
        ["errors"] = new JsonArray(),
        ["note"] = "No matching discriminator",
        ["discriminator"] = "model",
        ["path"] = new JsonArray("model"),
        ["message"] = "Invalid input",
    };

    public static JsonObject UnknownKeys(IReadOnlyList<string> keys, RunwayPath path) => new()
    {
        ["code"] = "unrecognized_keys",
        ["keys"] = new JsonArray([.. keys.Select(k => JsonValue.Create(k))]),
        ["path"] = path.ToJson(),
        ["message"] = $"Unrecognized key{(keys.Count == 1 ? "" : "s")}: {string.Join(", ", keys.Select(k => $"\"{k}\""))}",
    };

    public static JsonObject WrongType(string expected, JsonElement? value, RunwayPath path) => new()
    {
        ["code"] = "invalid_type",
        ["expected"] = expected,
        ["path"] = path.ToJson(),
        ["message"] = $"Invalid input: expected {expected}, received {Named(value)}",
    };

    public static JsonObject NotListed(JsonElement values, RunwayPath path) => new()
    {
        ["code"] = "invalid_value",
        ["values"] = JsonNode.Parse(values.GetRawText()),
        ["path"] = path.ToJson(),
        ["message"] = "Invalid option",
    };

    public static JsonObject NoVariant(RunwayPath path, params JsonArray[] errors) => new()
    {
        ["code"] = "invalid_union",
        ["errors"] = new JsonArray([.. errors]),
        ["path"] = path.ToJson(),
        ["message"] = "Invalid input",
    };

    /// <summary>A string, list or number past its limit.</summary>
    public static JsonObject Bound(bool tooBig, string origin, double limit, RunwayPath path)
    {
        var unit = origin switch { "string" => " characters", "array" => " items", _ => "" };
        return new()
        {
            ["origin"] = origin,
            ["code"] = tooBig ? "too_big" : "too_small",
            [tooBig ? "maximum" : "minimum"] = limit,
            ["inclusive"] = true,
            ["path"] = path.ToJson(),
            ["message"] = string.Create(CultureInfo.InvariantCulture,
                $"Too {(tooBig ? "big" : "small")}: expected {origin} to be {(tooBig ? "<" : ">")}={limit}{unit}"),
        };
    }

    public static JsonObject Custom(string message, RunwayPath path) => new()
    {
        ["code"] = "custom",
        ["path"] = path.ToJson(),
        ["message"] = message,
    };

    private static string Named(JsonElement? value) => value?.ValueKind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Array => "array",
        JsonValueKind.Object => "object",
        JsonValueKind.Null => "null",
        _ => "undefined",
    };
}
