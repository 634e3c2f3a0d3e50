using System.Text.Json.Nodes;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>Requests.</summary>
public static class Bodies
{
    /// <summary>A text that no other test has used.</summary>
    public static string Unique(string text) => $"{text} {Guid.NewGuid():n}";

    /// <summary>An image of Flux, or a video of Sora.</summary>
    /// <param name="provider">The cluster; one whose name begins with <c>sora</c> makes videos.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="more">Other fields.</param>
    public static string Of(string provider, string prompt, params (string Name, JsonNode? Value)[] more)
    {
        var video = provider.StartsWith("sora", StringComparison.Ordinal);
        var body = new JsonObject
        {
            ["provider"] = provider,
            ["model"] = video ? "sora-2" : "flux-pro-1.1",
            ["media_type"] = video ? "video" : "image",
            ["prompt"] = prompt,
        };
        foreach (var (name, value) in more)
        {
            body[name] = value;
        }

        return body.ToJsonString();
    }
}
