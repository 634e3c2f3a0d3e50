using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Schemas;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>/schemas/{version}/request.json</c> and <c>response.json</c>.</summary>
internal static class SchemaEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapSchemas(this IEndpointRouteBuilder routes) => routes.MapMethods("/schemas/{version}/{name}.json", ReadRoutes.Methods, (string version, string name) =>
        SchemaCatalogue.Open(version, name + ".json") is { } schema
            ? Results.Stream(schema, "application/schema+json")
            : Problems.NotFound($"There is no such schema. Versions: {string.Join(", ", SchemaCatalogue.Versions)}; names: request, response."));
}
