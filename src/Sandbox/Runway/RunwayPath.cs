using System.Text.Json.Nodes;

namespace Framegate.Sandbox.Runway;

/// <summary>Where in a body something stands: names and indexes.</summary>
internal sealed record RunwayPath(RunwayPath? Parent, JsonNode? Step)
{
    public static RunwayPath Root { get; } = new(null, null);

    public RunwayPath Then(string name) => new(this, name);

    public RunwayPath Then(int index) => new(this, index);

    public JsonArray ToJson()
    {
        var steps = new Stack<JsonNode>();
        for (var path = this; path?.Step is { } step; path = path.Parent)
        {
            steps.Push(step.DeepClone());
        }

        return [.. steps];
    }
}
