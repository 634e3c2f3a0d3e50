using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Runway;

/// <summary>Rules between fields, for a body whose fields are right by themselves.</summary>
internal static class RunwayRelations
{
    private const int MaxHumans = 5;

    private const int MaxObjects = 9;

    /// <summary>Free sizes of <c>seedream5_lite</c>: the area in pixels.</summary>
    private const long SmallestArea = 3_686_400;

    private const long LargestArea = 16_777_216;

    public static JsonObject? Check(string model, JsonElement body) => Frames(body) ?? References(body) ?? FreeSize(model, body);

    /// <summary>First and last frame at most once, never a last one alone, never mixed with references (which have no position).</summary>
    private static JsonObject? Frames(JsonElement body)
    {
        if (body.Member("promptImage") is not { ValueKind: JsonValueKind.Array } images)
        {
            return null;
        }

        var positions = images.EnumerateArray().Select(i => i.Text("position")).ToList();
        var path = RunwayPath.Root.Then("promptImage");
        return positions.All(p => p is null) ? null
            : positions.Any(p => p is null) ? RunwayIssue.Custom("Keyframes and reference images cannot be mixed", path)
            : positions.Distinct().Count() < positions.Count ? RunwayIssue.Custom("Each position can be used only once", path)
            : positions.Contains("first") ? null
            : RunwayIssue.Custom("A last frame needs a first frame", path);
    }

    private static JsonObject? References(JsonElement body)
    {
        if (body.Member("referenceImages") is not { ValueKind: JsonValueKind.Array } images)
        {
            return null;
        }

        var path = RunwayPath.Root.Then("referenceImages");
        var tags = images.EnumerateArray().Select(i => i.Text("tag")).OfType<string>().ToList();
        var subjects = images.EnumerateArray().Select(i => i.Text("subject")).ToList();
        return tags.Distinct(StringComparer.Ordinal).Count() < tags.Count ? RunwayIssue.Custom("Each tag can be used only once", path)
            : subjects.Count(s => s == "human") > MaxHumans ? RunwayIssue.Custom($"At most {MaxHumans} images can show a human subject", path)
            : subjects.Count(s => s == "object") > MaxObjects ? RunwayIssue.Custom($"At most {MaxObjects} images can show an object subject", path)
            : null;
    }

    private static JsonObject? FreeSize(string model, JsonElement body) =>
        model != "seedream5_lite" ? null
        : RunwaySizes.ParsePixels(body.Text("ratio")) is { } size && (long)size.Width * size.Height is >= SmallestArea and <= LargestArea ? null
        : RunwayIssue.Custom($"width*height must be between {SmallestArea} and {LargestArea}", RunwayPath.Root.Then("ratio"));
}
