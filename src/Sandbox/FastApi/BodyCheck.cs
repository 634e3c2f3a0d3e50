using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Sandbox.FastApi;

/// <summary>Reads a JSON body and checks it field by field; every fault is reported, as FastAPI does.</summary>
internal static class BodyCheck
{
    /// <summary>The body, or the faults that keep it from being one.</summary>
    public static async Task<(JsonDocument? Body, IReadOnlyList<Fault> Faults)> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength == 0)
        {
            return (null, [new("missing", ["body"], "Field required")]);
        }

        try
        {
            if (context.Request.HasJsonContentType())
            {
                var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
                if (body.RootElement.ValueKind == JsonValueKind.Object)
                {
                    return (body, []);
                }

                body.Dispose();
            }

            return (null, [new("model_attributes_type", ["body"], "Input should be a valid dictionary or object to extract fields from")]);
        }
        catch (JsonException error)
        {
            return (null, [new("json_invalid", ["body", error.BytePositionInLine ?? 0], "JSON decode error")]);
        }
    }

    /// <summary>The faults of an object; <paramref name="strict"/> refuses fields that are not listed.</summary>
    public static List<Fault> Check(JsonElement body, IReadOnlyList<Field> fields, bool strict)
    {
        var faults = new List<Fault>();
        foreach (var field in fields)
        {
            var issue = !body.TryGetProperty(field.Name, out var value) ? (field.Required ? new Issue("missing", "Field required") : null)
                : value.ValueKind == JsonValueKind.Null && field.Nullable ? null
                : field.Check(value);
            if (issue is not null)
            {
                faults.Add(ToFault(issue, field.Name));
            }
        }

        if (strict)
        {
            faults.AddRange(body.EnumerateObject()
                .Where(p => fields.All(f => f.Name != p.Name))
                .Select(p => ToFault(new Issue("extra_forbidden", "Extra inputs are not permitted"), p.Name)));
        }

        return faults;
    }

    /// <summary>Puts an issue of a field (or of the whole body, when no name is given) into the answer's shape.</summary>
    public static Fault ToFault(Issue issue, string? field) =>
        new(issue.Type, [.. new JsonNode[] { "body" }, .. field is null ? [] : new JsonNode[] { field }, .. issue.Within], issue.Msg)
        {
            Ctx = issue.Ctx,
            Input = issue.Input,
        };
}
