using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Framegate.Transforms.Tests.Schemas;

/// <summary>Checks JSON against a schema of draft 2020-12: the keywords that our schemas use, and an exception for any other.</summary>
internal sealed class SchemaCheck(JsonElement schema)
{
    /// <summary>What is wrong with a value; empty when it conforms.</summary>
    public IReadOnlyList<string> Check(JsonElement value)
    {
        var problems = new List<string>();
        Check(schema, value, "$", problems);
        return problems;
    }

    private void Check(JsonElement rules, JsonElement value, string path, List<string> problems)
    {
        if (rules.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            Report(rules.ValueKind == JsonValueKind.True, "is not allowed");
            return;
        }

        foreach (var rule in rules.EnumerateObject())
        {
            switch (rule.Name)
            {
                case "$schema" or "$id" or "$defs" or "title" or "description" or "examples" or "default" or "format":
                    break;
                case "$ref":
                    Check(Resolve(rule.Value.GetString()!), value, path, problems);
                    break;
                case "anyOf":
                    Report(rule.Value.EnumerateArray().Any(option => Conforms(option, value, path)), "fits no option");
                    break;
                case "type":
                    Report(Types(rule.Value).Any(type => IsOf(type, value)), $"is no {rule.Value}");
                    break;
                case "enum":
                    Report(rule.Value.EnumerateArray().Any(option => JsonElement.DeepEquals(option, value)), "is not on the list");
                    break;
                case "const":
                    Report(JsonElement.DeepEquals(rule.Value, value), "is not the constant");
                    break;
                case "minimum":
                    Report(!IsNumber(value, out var a) || a >= rule.Value.GetDouble(), "is too small");
                    break;
                case "exclusiveMinimum":
                    Report(!IsNumber(value, out var b) || b > rule.Value.GetDouble(), "is too small");
                    break;
                case "maximum":
                    Report(!IsNumber(value, out var c) || c <= rule.Value.GetDouble(), "is too large");
                    break;
                case "minLength":
                    Report(!IsText(value, out var d) || d.EnumerateRunes().Count() >= rule.Value.GetInt32(), "is too short");
                    break;
                case "maxLength":
                    Report(!IsText(value, out var e) || e.EnumerateRunes().Count() <= rule.Value.GetInt32(), "is too long");
                    break;
                case "pattern":
                    // In .NET a last '$' also matches before a line feed; in the schema's dialect it does not.
                    var pattern = rule.Value.GetString()!;
                    Assert.EndsWith("$", pattern, StringComparison.Ordinal);
                    pattern = pattern[..^1] + "\\z";
                    Report(!IsText(value, out var f) || Regex.IsMatch(f, pattern, RegexOptions.CultureInvariant), "does not match");
                    break;
                case "required":
                    foreach (var name in rule.Value.EnumerateArray())
                    {
                        Report(value.ValueKind != JsonValueKind.Object || value.TryGetProperty(name.GetString()!, out _), $"lacks {name}");
                    }

                    break;
                case "properties" or "additionalProperties":
                    CheckMembers(rules, rule, value, path, problems);
                    break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    foreach (var (index, item) in value.EnumerateArray().Index())
                    {
                        Check(rule.Value, item, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), problems);
                    }

                    break;
                case "items":
                    break;
                case "maxItems":
                    Report(value.ValueKind != JsonValueKind.Array || value.GetArrayLength() <= rule.Value.GetInt32(), "has too many items");
                    break;
                case "minItems":
                    Report(value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= rule.Value.GetInt32(), "has too few items");
                    break;
                case "uniqueItems":
                    Report(value.ValueKind != JsonValueKind.Array || value.EnumerateArray().DistinctBy(i => i.GetRawText()).Count() == value.GetArrayLength(), "repeats");
                    break;
                default:
                    throw new NotSupportedException($"The keyword {rule.Name} at {path}.");
            }
        }

        void Report(bool good, string problem)
        {
            if (!good)
            {
                problems.Add($"{path} {problem}");
            }
        }
    }

    private void CheckMembers(JsonElement rules, JsonProperty rule, JsonElement value, string path, List<string> problems)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var member in value.EnumerateObject())
        {
            var known = rules.TryGetProperty("properties", out var properties) && properties.TryGetProperty(member.Name, out _);
            if (known == (rule.Name == "properties"))
            {
                Check(known ? rule.Value.GetProperty(member.Name) : rule.Value, member.Value, $"{path}.{member.Name}", problems);
            }
        }
    }

    private bool Conforms(JsonElement rules, JsonElement value, string path)
    {
        var problems = new List<string>();
        Check(rules, value, path, problems);
        return problems.Count == 0;
    }

    private JsonElement Resolve(string reference)
    {
        Assert.StartsWith("#/$defs/", reference, StringComparison.Ordinal);
        return schema.GetProperty("$defs").GetProperty(reference["#/$defs/".Length..]);
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

    private static bool IsOf(string type, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        _ => type == "number" || (type == "integer" && double.IsInteger(value.GetDouble())),
    };

    private static bool IsNumber(JsonElement value, out double number)
    {
        number = value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;
        return value.ValueKind == JsonValueKind.Number;
    }

    private static bool IsText(JsonElement value, out string text)
    {
        text = value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        return value.ValueKind == JsonValueKind.String;
    }
}
