using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Alibaba;

/// <summary>The body of a clip. Three generations with rules of their own: 3.0; 2.7; 2.6 and 2.5.</summary>
internal static class AlibabaVideo
{
    private static readonly string[] s_models =
    [
        "wan3.0-video", "wan3.0-video-prime", "wan2.7-t2v-2026-06-12", "wan2.7-i2v-2026-04-25", "wan2.7-r2v-2026-06-12", "wan2.7-videoedit", "wan2.6-t2v",
        "wan2.6-i2v", "wan2.6-i2v-flash",
        "wan2.6-r2v", "wan2.5-t2v-preview", "wan2.5-i2v-preview",
    ];

    public static Order? Read(Reading body)
    {
        body.Only("model", "input", "parameters");
        var model = body.Model("model", s_models);
        if (!body.Has("input"))
        {
            body.Fail("input", "is required", WrongKind.Missing);
        }

        var (input, parameters) = (body.Object("input"), body.Object("parameters"));
        var isThird = model.StartsWith("wan3.0", StringComparison.Ordinal);
        var isNew = isThird || model.StartsWith("wan2.7", StringComparison.Ordinal);
        input.Only([
            "prompt", .. isThird ? Array.Empty<string>() : ["negative_prompt"], .. isNew ? new[] { "media" } : [], .. isThird ? Array.Empty<string>()
            : ["img_url", "audio_url"],
            .. model.Contains("2.6-r2v", StringComparison.Ordinal) ? new[] { "reference_urls", "reference_video_urls" } : []]);
        var needsPrompt = isThird || model.Contains("t2v", StringComparison.Ordinal);
        var media = Media(input);
        var prompt = needsPrompt && media == 0 ? input.Text("prompt", isThird ? 20_000 : 1_500) : input.MaybeText("prompt", isThird ? 20_000 : 1_500) ?? "";
        input.MaybeText("negative_prompt", 500);
        if (!input.MaybeLink("img_url") && media == 0 && model.Contains("i2v", StringComparison.Ordinal))
        {
            input.Fail("img_url", "is required", WrongKind.Missing);
        }

        parameters.Only(["duration", "audio", "prompt_extend", "watermark", "seed", "resolution", .. isNew ? new[] { "ratio" } : ["size", "shot_type"]]);
        foreach (var flag in (string[])["audio", "prompt_extend", "watermark"])
        {
            parameters.MaybeFlag(flag);
        }

        parameters.MaybeWhole("seed", 0, int.MaxValue);
        parameters.MaybeOneOf("shot_type", "single", "multi");
        var resolution = parameters.MaybeOneOf("resolution", isThird || !isNew ? ["480P", "720P", "1080P"] : ["720P", "1080P"]) ?? "720P";
        var ratio = parameters.MaybeOneOf("ratio", "adaptive", "16:9", "4:3", "1:1", "3:4", "9:16");
        var size = parameters.MaybeText("size") is { } text ? Shape.Pixels(text, '*') : Shape.Of(ratio, Shape.Shorter(resolution, 720));
        if (size is null)
        {
            parameters.Fail("size", "must be as in 1280*720");
        }

        var seconds = Duration(parameters, isThird, isNew, model.StartsWith("wan2.6", StringComparison.Ordinal));
        return new(model, prompt, [Piece.Video(size ?? (1280, 720), seconds)])
        {
            Facts = new()
            {
                ["usage"] = new JsonObject
                {
                    ["duration"] = seconds, ["output_video_duration"] = seconds, ["input_video_duration"] = 0, ["SR"] = Shape.Shorter(resolution, 720),
                    ["video_count"] = 1, ["fps"] = 30,
                    ["ratio"] = ratio ?? "16:9",
                },
            },
        };
    }

    private static int Duration(Reading parameters, bool isThird, bool isNew, bool isSix)
    {
        var seconds = parameters.MaybeWhole("duration") ?? 5;
        if (isNew ? seconds is < 2 || seconds > (isThird ? 30 : 15) : seconds is not (5 or 10 or 15) || (seconds == 15 && !isSix))
        {
            if (!isThird || seconds != -1)
            {
                parameters.Fail("duration", isThird ? "must be in [2, 30]" : isNew ? "must be in [2, 15]" : "must be 5, 10 or 15");
            }

            return 5;
        }

        return (int)seconds;
    }

    private static int Media(Reading input)
    {
        var types = new List<string>();
        foreach (var entry in input.List("media"))
        {
            entry.Only("type", "url", "reference_voice");
            types.Add(entry.OneOf("type", "first_frame", "last_frame", "reference_image", "reference_video", "reference_audio", "file", "link"));
            entry.Link("url");
        }

        int Count(string type) => types.Count(t => t == type);
        if (types.Any(t => t.EndsWith("frame", StringComparison.Ordinal)) && types.Any(t => t.StartsWith("reference", StringComparison.Ordinal)))
        {
            input.Fail("media", "must not mix frames and references");
        }

        if (Count("first_frame") > 1 || Count("last_frame") > 1 || Count("reference_image") > 10 || Count("reference_video") > 5 || Count("reference_audio") > 5)
        {
            input.Fail("media", "holds too many entries");
        }

        return types.Count;
    }
}
