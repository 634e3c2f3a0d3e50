using System.Text.Json;
using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Flux;

/// <summary><c>flux-3-video</c>: a strict schema (docs.bfl.ai flux_3_video), no seed, no webhook.</summary>
internal static class FluxVideoModel
{
    /// <summary>Credits per second, from the one settled cost that is documented (60 for 5 s). Not a price list.</summary>
    private const double CreditsPerSecond = 12;

    /// <summary>What <c>"duration": "auto"</c> comes to.</summary>
    private const int AutoSeconds = 5;

    private const int MaxVideoBytes = 50 * 1024 * 1024;
    private const int MaxDraftBytes = 128 * 1024 * 1024;

    public static FluxModel Create() => new("flux-3-video",
    [
        Fields.OneOf("mode", "t2v", "i2v", "v2v", "draft_enhance", "text-to-video", "image-continuation", "video-continuation", "draft-enhance").Always(),
        Fields.Text("prompt").OrNull(),
        Fields.OneOf("aspect_ratio", "auto", "21:9", "2:1", "16:9", "4:3", "1:1", "3:4", "9:16"),
        new Field("duration", DurationIssue),
        Fields.OneOf("resolution", "hd", "fhd"),
        Fields.Flag("generate_audio"),
        Fields.Integer("safety_tolerance", 0, 4),
        Fields.OneOf("version", "latest"),
        Fields.Flag("draft"),
        Fields.Integer("batch", 1, 4),
        new Field("keyframes", KeyframesIssue).OrNull(),
        File("start_video", MaxVideoBytes),
        File("draft_cache", MaxDraftBytes),
    ],
    FluxSizes.Video, (body, _, _) => (body.Integer("duration") ?? AutoSeconds) * CreditsPerSecond)
    { Strict = true, IsVideo = true, Relation = ModeIssue };

    private static Issue? ModeIssue(FluxBody body)
    {
        var needed = body.Text("mode") switch
        {
            "i2v" or "image-continuation" => "keyframes",
            "v2v" or "video-continuation" => "start_video",
            "draft_enhance" or "draft-enhance" => "draft_cache",
            _ => null,
        };
        return needed is not null && !body.Has(needed) ? new("missing", "Field required", needed)
            : needed != "draft_cache" && !body.Has("prompt") ? new("missing", "Field required", "prompt")
            : body.Has("batch") && !body.Flag("draft") ? new("value_error", "Value error, batch is only supported with draft")
            : null;
    }

    private static Issue? DurationIssue(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.ValueEquals("auto") ? null : Fields.IntegerIssue(value, 5, 20, 1);

    private static Issue? KeyframesIssue(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return new("list_type", "Input should be a valid list");
        }

        if (value.GetArrayLength() is 0 or > 10)
        {
            return new("value_error", "Value error, keyframes must have 1 to 10 entries");
        }

        var index = 0;
        foreach (var entry in value.EnumerateArray())
        {
            if (KeyframeIssue(entry) is { } issue)
            {
                return issue with { Within = [index, .. issue.Within] };
            }

            index++;
        }

        return null;
    }

    /// <summary>An image, or a pair of seconds and image.</summary>
    private static Issue? KeyframeIssue(JsonElement entry)
    {
        if (entry.ValueKind == JsonValueKind.Array && entry.GetArrayLength() == 2 && entry[0].ValueKind == JsonValueKind.Number)
        {
            entry = entry[1];
        }

        return Fields.TextIssue(entry) ?? FluxFields.ImageIssue(entry.GetString()!, orUrl: true);
    }

    private static Field File(string name, int maxBytes) => new Field(name, value =>
        Fields.TextIssue(value)
        ?? (value.GetString()!.Length / 4 * 3 > maxBytes ? new("value_error", $"Value error, {name} is larger than {maxBytes / 1024 / 1024} MB") : null)).OrNull();
}
