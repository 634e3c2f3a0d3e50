using System.Text.Json.Nodes;

namespace Framegate.EndToEnd.Tests.Versions;

/// <summary>Requests of apps that were written for an older version.</summary>
internal static class OlderBodies
{
    /// <summary>An image of Flux.</summary>
    public static string Of(string version, string prompt, params (string Name, JsonNode? Value)[] more)
    {
        var body = new JsonObject
        {
            ["schema_version"] = version,
            ["provider"] = new JsonObject { ["name"] = "flux", ["model"] = "flux-dev" },
            ["media_type"] = "image",
            ["prompt"] = prompt,
        };
        foreach (var (name, value) in more)
        {
            body[name] = value;
        }

        return body.ToJsonString();
    }
}
