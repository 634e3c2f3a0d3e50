using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Framegate.Proxy.Common;
using Framegate.Transforms.Schemas;

namespace Framegate.Proxy.Edge.Reference;

/// <summary>
/// The OpenAPI documents. Paths are written by hand, since endpoints that take their context whole describe nothing of themselves. The contract's JSON Schemas
/// and those of the records that the program writes are put in when a document is first asked for.
/// </summary>
internal sealed class ApiDocuments(IEnumerable<ApiSchema> schemas)
{
    /// <summary>The unified API and the operators'.</summary>
    public const string Unified = "v2";

    /// <summary>The OpenAI dialect.</summary>
    public const string OpenAi = "openai";

    private const string Server = "{server}";
    private const string Reference = "#/components/schemas/";
    private static readonly JsonSchemaExporterOptions s_export = new() { TreatNullObliviousAsNonNullable = true };

    private readonly ApiSchema[] _schemas = [.. schemas];
    private readonly ConcurrentDictionary<string, string> _documents = new(StringComparer.Ordinal);

    /// <summary>A document.</summary>
    /// <param name="name"><see cref="Unified"/> or <see cref="OpenAi"/>.</param>
    /// <param name="server">The address that clients reach Framegate at.</param>
    /// <returns>UTF-8 JSON; null when there is no such document.</returns>
    public byte[]? Find(string name, string server) => name is Unified or OpenAi
        ? Encoding.UTF8.GetBytes(_documents.GetOrAdd(name, Compose).Replace(Server, System.Text.Json.JsonEncodedText.Encode(server).ToString(), StringComparison.Ordinal))
        : null;

    private string Compose(string name)
    {
        var document = Read(name);
        document["info"]!["version"] = ProgramVersion.Text;
        var components = document["components"]!["schemas"]!.AsObject();
        var text = document.ToJsonString();
        var available = _schemas.ToDictionary(s => s.Name, StringComparer.Ordinal);
        if (name == Unified)
        {
            Lift("GenerationRequest", "request.json", components);
            Lift("GenerationResponse", "response.json", components);
        }

        foreach (var schema in available.Values.Where(s => text.Contains($"\"{Reference}{s.Name}\"", StringComparison.Ordinal)).OrderBy(s => s.Name, StringComparer.Ordinal))
        {
            components[schema.Name] = schema.Type().GetJsonSchemaAsNode(s_export);
        }

        return document.ToJsonString();
    }

    private static JsonObject Read(string name)
    {
        using var stream = typeof(ApiDocuments).Assembly.GetManifestResourceStream($"reference/{name}.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <summary>Puts a schema of the contract in: what it defines for itself stands beside it, under names of its own.</summary>
    private static void Lift(string name, string file, JsonObject components)
    {
        using var stream = SchemaCatalogue.Open(SchemaVersions.Current, file)!;
        using var reader = new StreamReader(stream);
        var schema = JsonNode.Parse(reader.ReadToEnd().Replace("\"#/$defs/", $"\"{Reference}{name}.", StringComparison.Ordinal))!.AsObject();
        var definitions = schema["$defs"]!.AsObject();
        WithoutDefaults(schema);
        schema.Remove("$schema");
        schema.Remove("$id");
        schema.Remove("$defs");
        components[name] = schema;
        foreach (var (key, definition) in definitions)
        {
            components[$"{name}.{key}"] = definition!.DeepClone();
            if (definition["additionalProperties"] is JsonObject)
            {
                // Native extras are objects under names of their own. As a rule for all names that are not listed it would be one for all of them in typed clients.
                components[$"{name}.{key}"]!["additionalProperties"] = true;
            }
        }
    }

    /// <summary>Typed clients take a field with a default for one that is always there, and would ask callers for it. The descriptions name the defaults too.</summary>
    private static void WithoutDefaults(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list)
            {
                WithoutDefaults(item);
            }
        }
        else if (node is JsonObject item)
        {
            if (item["default"] is not JsonObject)
            {
                item.Remove("default");
            }

            foreach (var (_, member) in item)
            {
                WithoutDefaults(member);
            }
        }
    }
}
