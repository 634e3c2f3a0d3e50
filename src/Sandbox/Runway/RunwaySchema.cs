using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Sandbox.Runway;

/// <summary>Checks a value against the subset of JSON Schema that the files in <c>Schemas</c> use; unknown members are always refused.</summary>
/// <param name="assets">Judges strings of the format <c>asset</c>, which name an image, video or audio input.</param>
internal sealed class RunwaySchema(RunwayAssets assets)
{
    /// <summary>The member that chose the schema; it is not in it.</summary>
    public const string Discriminator = "model";

    /// <summary>Everything that is wrong with the value; empty when all is well.</summary>
    public List<JsonObject> Check(JsonElement schema, JsonElement value)
    {
        var issues = new List<JsonObject>();
        Check(schema, value, RunwayPath.Root, issues);
        return issues;
    }

    private void Check(JsonElement schema, JsonElement value, RunwayPath path, List<JsonObject> issues)
    {
        if (schema.TryGetProperty("enum", out var values))
        {
            if (!values.EnumerateArray().Any(v => JsonElement.DeepEquals(v, value)))
            {
                issues.Add(RunwayIssue.NotListed(values, path));
            }
        }
        else if (schema.TryGetProperty("anyOf", out var variants))
        {
            CheckVariants(variants, value, path, issues);
        }
        else
        {
            CheckType(schema, schema.GetProperty("type").GetString()!, value, path, issues);
        }
    }

    private void CheckVariants(JsonElement variants, JsonElement value, RunwayPath path, List<JsonObject> issues)
    {
        var failed = new List<JsonArray>();
        foreach (var variant in variants.EnumerateArray())
        {
            var found = new List<JsonObject>();
            Check(variant, value, path, found);
            if (found.Count == 0)
            {
                return;
            }

            failed.Add([.. found]);
        }

        issues.Add(RunwayIssue.NoVariant(path, [.. failed]));
    }

    private void CheckType(JsonElement schema, string type, JsonElement value, RunwayPath path, List<JsonObject> issues)
    {
        switch (type)
        {
            case "object" when value.ValueKind == JsonValueKind.Object:
                CheckObject(schema, value, path, issues);
                break;
            case "array" when value.ValueKind == JsonValueKind.Array:
                CheckBounds(schema, "Items", "array", value.GetArrayLength(), path, issues);
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Check(schema.GetProperty("items"), item, path.Then(index++), issues);
                }

                break;
            case "string" when value.ValueKind == JsonValueKind.String:
                CheckText(schema, value.GetString()!, path, issues);
                break;
            case "integer" when value.ValueKind == JsonValueKind.Number && !value.TryGetInt64(out _):
                issues.Add(RunwayIssue.WrongType("int", value, path));
                break;
            case "integer" or "number" when value.ValueKind == JsonValueKind.Number:
                CheckBounds(schema, "imum", "number", value.GetDouble(), path, issues);
                break;
            case "boolean" when value.ValueKind is JsonValueKind.True or JsonValueKind.False:
                break;
            default:
                issues.Add(RunwayIssue.WrongType(type == "integer" ? "number" : type, value, path));
                break;
        }
    }

    private void CheckObject(JsonElement schema, JsonElement value, RunwayPath path, List<JsonObject> issues)
    {
        var properties = schema.GetProperty("properties");
        foreach (var property in properties.EnumerateObject())
        {
            if (value.TryGetProperty(property.Name, out var member))
            {
                Check(property.Value, member, path.Then(property.Name), issues);
            }
            else if (schema.GetProperty("required").EnumerateArray().Any(r => r.ValueEquals(property.Name)))
            {
                issues.Add(Missing(property.Value, path.Then(property.Name)));
            }
        }

        var unknown = value.EnumerateObject().Select(p => p.Name)
            .Where(n => !properties.TryGetProperty(n, out _) && !(path == RunwayPath.Root && n == Discriminator)).ToList();
        if (unknown.Count > 0)
        {
            issues.Add(RunwayIssue.UnknownKeys(unknown, path));
        }
    }

    private static JsonObject Missing(JsonElement schema, RunwayPath path) =>
        schema.TryGetProperty("enum", out var values) ? RunwayIssue.NotListed(values, path)
        : schema.TryGetProperty("anyOf", out _) ? RunwayIssue.NoVariant(path)
        : RunwayIssue.WrongType(schema.GetProperty("type").GetString() is "integer" ? "number" : schema.GetProperty("type").GetString()!, null, path);

    private void CheckText(JsonElement schema, string text, RunwayPath path, List<JsonObject> issues)
    {
        // .NET strings count UTF-16 code units, as Runway documents its lengths.
        CheckBounds(schema, "Length", "string", text.Length, path, issues);
        if (schema.TryGetProperty("format", out _) && assets.Fault(text, schema.GetProperty("media").GetString()!) is { } fault)
        {
            issues.Add(RunwayIssue.Custom(fault, path));
        }

        if (schema.TryGetProperty("pattern", out var pattern) && !IsTag(text))
        {
            issues.Add(RunwayIssue.Custom($"Invalid string: must match pattern /{pattern.GetString()}/", path));
        }
    }

    private static void CheckBounds(JsonElement schema, string suffix, string origin, double number, RunwayPath path, List<JsonObject> issues)
    {
        if (schema.TryGetProperty("min" + suffix, out var min) && number < min.GetDouble())
        {
            issues.Add(RunwayIssue.Bound(tooBig: false, origin, min.GetDouble(), path));
        }

        if (schema.TryGetProperty("max" + suffix, out var max) && number > max.GetDouble())
        {
            issues.Add(RunwayIssue.Bound(tooBig: true, origin, max.GetDouble(), path));
        }
    }

    /// <summary>The one pattern there is: a letter, then letters, digits and underscores.</summary>
    private static bool IsTag(string text) => text.Length > 0 && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
