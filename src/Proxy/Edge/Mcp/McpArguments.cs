using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Selection.Candidates;
using ModelContextProtocol.Protocol;

namespace Framegate.Proxy.Edge.Mcp;

/// <summary>What an agent hands to a tool, and the names it knows things by.</summary>
internal static class McpArguments
{
    private const string Stored = "media:";

    private static readonly string[] s_inputs = ["image", "last_image", "mask", "control_image", "video", "reference_images"];

    // Those whose tools write them otherwise than the unified API does.
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["aspect_ratio"] = "aspectRatio", ["negative_prompt"] = "negativePrompt", ["output_format"] = "outputFormat", ["reference_images"] = "referenceImages", ["last_image"] = "lastImage",
        ["media_type"] = "mediaType", [MaxCostHeader.Name] = "maxCost",
    };

    /// <summary>What is wrong with the arguments of a call, in words that an agent can act on.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="given">The arguments.</param>
    /// <returns>Null when they can be read.</returns>
    public static string? Check(Tool tool, IDictionary<string, JsonElement>? given)
    {
        if (!tool.InputSchema.TryGetProperty("properties", out var properties))
        {
            return null;
        }

        if (given?.Keys.FirstOrDefault(k => !properties.TryGetProperty(k, out _)) is { } unknown)
        {
            return $"{tool.Name} has no argument '{Problems.Shown(unknown)}'; it has {string.Join(", ", properties.EnumerateObject().Select(static p => p.Name))}.";
        }

        if (tool.InputSchema.TryGetProperty("required", out var required)
            && required.EnumerateArray().Select(static r => r.GetString()!).FirstOrDefault(r => given?.TryGetValue(r, out var value) != true || value.ValueKind == JsonValueKind.Null) is { } missing)
        {
            return $"{missing}: It is required.";
        }

        foreach (var (name, value) in given?.ToArray() ?? [])
        {
            if (!properties.GetProperty(name).TryGetProperty("type", out var type))
            {
                continue;
            }

            var types = (type.ValueKind == JsonValueKind.Array ? type.EnumerateArray() : Enumerable.Repeat(type, 1)).Select(static t => t.GetString()).ToList();
            if (!types.Exists(t => Fits(value, t)))
            {
                return $"{name}: It must be {WordOf(type)}.";
            }

            // A number without a fraction is whole however it is written, but not for the package: 4.0, 4e0.
            if (value.ValueKind == JsonValueKind.Number && types.Contains("integer") && !types.Contains("number") && !value.TryGetInt32(out _))
            {
                given![name] = JsonElement.Parse(((int)value.GetDouble()).ToString(CultureInfo.InvariantCulture));
            }
        }

        return null;
    }

    /// <summary>A field by the name that the tools have for it.</summary>
    public static string NameOf(string field)
    {
        var name = field.StartsWith("parameters.", StringComparison.Ordinal) ? field["parameters.".Length..] : field;
        var end = name.IndexOfAny(['[', '.']);
        return end < 0 ? s_names.GetValueOrDefault(name, name) : s_names.GetValueOrDefault(name[..end], name[..end]) + name[end..];
    }

    /// <summary>Lets a result stand for itself as an input, by whatever address the agent was given it.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="baseUrl">Where links of this program begin.</param>
    public static void NameResults(JsonObject parameters, string baseUrl)
    {
        foreach (var name in s_inputs)
        {
            if (parameters[name] is JsonArray list)
            {
                for (var i = 0; i < list.Count; i++)
                {
                    if (ResultOf(list[i], baseUrl) is { } one)
                    {
                        list[i] = one;
                    }
                }
            }
            else if (ResultOf(parameters[name], baseUrl) is { } result)
            {
                parameters[name] = result;
            }
        }
    }

    private static string? ResultOf(JsonNode? node, string baseUrl)
    {
        if (node is not JsonValue value || !value.TryGetValue(out string? text) || text.Length > 512)
        {
            return null;
        }

        foreach (var begin in (ReadOnlySpan<string>)[McpCalls.Scheme, baseUrl.TrimEnd('/') + "/media/", "med_"])
        {
            if (text.StartsWith(begin, StringComparison.Ordinal))
            {
                var id = begin == "med_" ? text : text[begin.Length..];
                return Stored + id[..(id.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : id.Length)];
            }
        }

        return null;
    }

    // As lenient as the package, which reads numbers out of texts.
    private static bool Fits(JsonElement value, string? type) => type switch
    {
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => double.TryParse(TextOf(value), CultureInfo.InvariantCulture, out var whole) && whole == Math.Truncate(whole) && Math.Abs(whole) <= int.MaxValue,
        "number" => double.TryParse(TextOf(value), CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e15,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "array" => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static v => v.ValueKind == JsonValueKind.String),
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    private static string? TextOf(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetRawText() : OpenAiFields.TextOf(value);

    private static string WordOf(JsonElement type) => (type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(static t => t.GetString()).FirstOrDefault(static t => t != "null") : type.GetString()) switch
    {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list of texts",
        var other => $"of type {other}",
    };
}
