using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Xai;

/// <summary>The bodies of clips.</summary>
internal static class XaiVideo
{
    private const string Classic = "grok-imagine-video";

    private const string Lite = "grok-imagine-video-1.5-lite";

    public static Order? Read(Reading body)
    {
        body.Only(
            "model", "prompt", "duration", "aspect_ratio", "resolution", "image", "last_frame", "keyframes", "reference_images", "reference_audios",
            "generate_audio", "storage_options", "user");
        var model = body.Model("model", Classic, "grok-imagine-video-1.5", Lite);
        var prompt = body.MaybeText("prompt") ?? "";
        var seconds = body.MaybeWhole("duration", 1, 15) ?? 8;
        var ratio = body.MaybeOneOf("aspect_ratio", "1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9", "5:2");
        var resolution = body.MaybeOneOf("resolution", model == Classic ? ["480p", "720p"] : ["480p", "720p", "1080p"]) ?? "480p";
        body.MaybeFlag("generate_audio");
        var inputs = ((string[])["image", "last_frame"]).Count(name => IsLink(body.MaybeObject(name)));
        foreach (var keyframe in body.List("keyframes", 4))
        {
            IsLink(keyframe.Object("image"));
            keyframe.MaybeNumber("timestamp_s", 0, seconds);
            inputs++;
        }

        if (model != "grok-imagine-video-1.5")
        {
            foreach (var name in (string[])["last_frame", "keyframes", "reference_audios", .. model == Lite ? new[] { "reference_images" } : []])
            {
                if (body.Has(name))
                {
                    body.Fail(name, "is not supported for this model");
                }
            }
        }

        var references = body.List("reference_images", 7);
        foreach (var reference in references)
        {
            IsLink(reference);
        }

        inputs += references.Count;
        if (references.Count > 0 && (resolution == "1080p" || (model == Classic && seconds > 10) || body.Has("image")))
        {
            body.Fail("reference_images", "need at most 720p and 10 seconds, and no start frame");
        }

        if (prompt.Length == 0 && inputs == 0)
        {
            body.Fail("prompt", "cannot be empty. Please provide a prompt.", WrongKind.Missing);
        }

        return Order(model, prompt, ratio, resolution, seconds, inputs);
    }

    /// <summary>A clip that is edited or extended; the classic model only.</summary>
    public static Order? Change(Reading body, bool extends)
    {
        body.Only(["model", "prompt", "video", "user", "storage_options", .. extends ? new[] { "duration" } : []]);
        var model = body.Model("model", Classic);
        var prompt = body.Text("prompt");
        if (!IsLink(body.MaybeObject("video")))
        {
            body.Fail("video", "is required", WrongKind.Missing);
        }

        return Order(model, prompt, null, "720p", body.MaybeWhole("duration", 1, 15) ?? 8, 0);
    }

    private static bool IsLink(Reading? media)
    {
        media?.Link("url");
        return media is not null;
    }

    private static Order Order(string model, string prompt, string? ratio, string resolution, long seconds, int inputs)
    {
        var cents = (model, resolution) switch
        {
            (Classic, "480p") => 5,
            (Classic, _) => 7,
            (Lite, "480p") => 2,
            (Lite, "720p") => 3,
            (Lite, _) => 14,
            (_, "480p") => 8,
            (_, "720p") => 14,
            _ => 25,
        };
        return new(model, prompt, [Piece.Video(Shape.Of(ratio, Shape.Shorter(resolution, 480)), seconds)])
        {
            Facts = new() { ["duration"] = seconds, ["ticks"] = (seconds * cents * 100_000_000) + (inputs * (model == Classic ? 20_000_000L : 100_000_000)) },
        };
    }
}
