using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.FastApi;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Fal;

/// <summary>Field rules in fal's own error types, which differ from plain pydantic's.</summary>
internal static class FalFields
{
    private const int DefaultTransition = 5;

    private const int LongestTransitions = 25;

    public static Field AspectRatio() => OneOf("aspect_ratio", "16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3");

    public static Field Resolution() => OneOf("resolution", "720p", "1080p");

    public static Field Seed() => Fields.Integer("seed").OrNull();

    /// <summary>5 or 10; the OpenAPI document has numbers, the JS client's types have strings, so both count.</summary>
    public static Field Duration() => new("duration", value =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds is 5 or 10 ? null
        : value.ValueKind == JsonValueKind.String && value.GetString() is "5" or "10" ? null
        : NotPermitted(value, "5", "10"));

    /// <summary>Older models declare a plain number with the default 5 and no bounds; the bounds here are the sandbox's.</summary>
    public static Field AnyDuration() => Fields.Number("duration", 1, 10);

    public static Field OneOf(string name, params string[] values) => new(name, value =>
        value.ValueKind == JsonValueKind.String && values.Contains(value.GetString(), StringComparer.Ordinal) ? null : NotPermitted(value, values));

    /// <summary>An https URL or a data URI. URLs are judged by their form only: a stand-in fetches nothing.</summary>
    public static Field File(string name, string media) => new Field(name, value => FileIssue(value, media)).Always();

    public static Field MaybeFile(string name, string media) => new Field(name, value => FileIssue(value, media)).OrNull();

    public static Field MaybeImages(string name) => Images(1, 16) with { Name = name, Required = false };

    /// <summary>One of fal's names, or pixels.</summary>
    public static Field ImageSize() => new Field("image_size", value =>
        value.ValueKind == JsonValueKind.Object
            ? value.Whole("width") is >= 64 and <= 14_142 && value.Whole("height") is >= 64 and <= 14_142 ? null
                : new("value_error", "width and height must be integers from 64 to 14142")
            : OneOf("image_size", "square_hd", "square", "portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9").Check(value)).OrNull();

    public static Field Images(int min, int max) => new Field("image_urls", value =>
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return new("list_type", "Input should be a valid list");
        }

        var index = 0;
        foreach (var image in value.EnumerateArray())
        {
            if (FileIssue(image, "image") is { } issue)
            {
                return issue with { Within = [index] };
            }

            index++;
        }

        return index < min ? new("sequence_too_short", $"List should have at least {min} items")
            : index > max ? new("sequence_too_long", $"List should have at most {max} items")
            : null;
    }).Always();

    public static Field Transitions() => new("transitions", value =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsTransition)
            ? null
            : new("value_error", "Each transition needs a whole duration in seconds and may have a prompt"));

    /// <summary>One transition between each pair of images, 25 seconds together.</summary>
    public static Issue? TransitionsIssue(JsonElement body)
    {
        var images = body.GetProperty("image_urls").GetArrayLength();
        var transitions = body.Member("transitions") is { } list ? list.EnumerateArray().ToList() : [];
        return transitions.Count > 0 && transitions.Count != images - 1
                ? new("value_error", "The number of transitions must be one less than the number of images", "transitions")
            : transitions.Sum(t => t.Whole("duration") ?? DefaultTransition) > LongestTransitions
                ? new("value_error", $"The transitions must not last longer than {LongestTransitions} seconds in total", "transitions")
            : null;
    }

    private static bool IsTransition(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && (value.Member("duration") is null || value.Whole("duration") is > 0)
        && (value.Member("prompt") is null || value.Text("prompt") is not null);

    private static Issue? FileIssue(JsonElement value, string media)
    {
        if (Fields.TextIssue(value) is { } issue)
        {
            return issue;
        }

        var uri = value.GetString()!;
        var input = uri.Length <= 200 ? JsonValue.Create(uri) : null;
        if (!uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return Fields.IsWebAddress(uri) ? null : new("file_download_error", "Failed to download the file.") { Input = input };
        }

        var comma = uri.IndexOf(',');
        var bytes = comma > 0 && uri.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
            ? ImageProbe.FromBase64(uri.AsSpan(comma + 1))
            : null;
        return bytes is not { Length: > 0 } ? new("file_download_error", "Failed to download the file.")
            : media == "image" && ImageProbe.SizeOf(bytes) is null ? new("image_load_error", "Failed to load the image. Please ensure it is not corrupted.")
            : null;
    }

    private static Issue NotPermitted(JsonElement value, params string[] values) =>
        new("one_of", $"unexpected value; permitted: {string.Join(", ", values.Select(v => $"'{v}'"))}")
        {
            Ctx = new JsonObject { ["expected"] = new JsonArray([.. values.Select(v => JsonValue.Create(v))]) },
            Input = JsonNode.Parse(value.GetRawText()),
        };
}
