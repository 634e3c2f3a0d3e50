using Framegate.Sandbox.Engine;
using Framegate.Sandbox.FastApi;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Fal;

/// <summary>The endpoints that a stand-in has: those listed, or any.</summary>
internal sealed class FalCatalogue(IReadOnlyList<FalEndpoint> listed, bool any)
{
    private static readonly Field s_prompt = Fields.Text("prompt").Always();

    /// <summary>What an endpoint of which nothing is known would refuse as well: the usual names with other types.</summary>
    private static readonly IReadOnlyList<Field> s_usual =
    [
        Fields.Text("prompt").OrNull(), Fields.Text("text").OrNull(), Fields.Text("negative_prompt").OrNull(), FalFields.Seed(), FalFields.MaybeFile("image_url", "image"),
        FalFields.MaybeFile("end_image_url", "image"), FalFields.MaybeFile("mask_url", "image"), FalFields.MaybeFile("video_url", "video"),
        FalFields.MaybeFile("audio_url", "audio"),
        FalFields.MaybeImages("image_urls"), Fields.Integer("num_images", 1, 8).OrNull(), Fields.Integer("num_inference_steps", 1, 100).OrNull(),
        Fields.Number("guidance_scale", 0, 100).OrNull(),
        Fields.Number("strength", 0, 1).OrNull(), Fields.Flag("generate_audio"), Fields.Flag("enable_safety_checker"), Fields.Flag("sync_mode"),
        Fields.Text("aspect_ratio").OrNull(),
        Fields.Text("resolution").OrNull(), Fields.Text("output_format").OrNull(), FalFields.ImageSize(),
    ];

    private static readonly IReadOnlyList<Field> s_flux =
    [
        s_prompt, FalFields.ImageSize(), FalFields.Seed(), Fields.Integer("num_images", 1, 4), Fields.Number("guidance_scale", 1, 20), Fields.Flag("enable_safety_checker"),
        FalFields.OneOf("output_format", "jpeg", "png"), Fields.Flag("sync_mode"), FalFields.OneOf("acceleration", "none", "regular", "high"),
    ];

    private static readonly IReadOnlyList<Field> s_wan =
    [
        s_prompt, FalFields.OneOf("resolution", "480p", "720p", "1080p"), FalFields.OneOf("aspect_ratio", "adaptive", "16:9", "4:3", "1:1", "3:4", "9:16"),
        Fields.Integer("duration", 2, 30),
        FalFields.Seed(), Fields.Flag("generate_audio"), Fields.Flag("enable_safety_checker"),
    ];

    private static readonly IReadOnlyList<Field> s_seedance =
    [
        s_prompt, FalFields.OneOf("resolution", "480p", "720p", "1080p"), FalFields.OneOf("duration", ["auto", .. Enumerable.Range(4, 12).Select(n => $"{n}")]),
        FalFields.OneOf("aspect_ratio", "auto", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16"), FalFields.Seed(), Fields.Flag("generate_audio"),
    ];

    private static readonly IReadOnlyList<Field> s_veo =
    [
        s_prompt, FalFields.OneOf("resolution", "720p", "1080p", "4k"), FalFields.OneOf("duration", "4s", "6s", "8s"),
        FalFields.OneOf("aspect_ratio", "auto", "16:9", "9:16"),
        Fields.Text("negative_prompt").OrNull(), FalFields.Seed(), Fields.Flag("generate_audio"), Fields.Flag("auto_fix"),
    ];

    private static readonly Field s_image = FalFields.File("image_url", "image");

    /// <summary>Endpoints whose rules are known.</summary>
    private static readonly IReadOnlyList<FalEndpoint> s_known =
    [
        .. FalPika.All,
        new("fal-ai/flux/dev", [.. s_flux, Fields.Integer("num_inference_steps", 1, 50)]) { Kind = PieceKind.Image, UnitPrice = .025, Unit = "image" },
        new("fal-ai/flux/schnell", [.. s_flux, Fields.Integer("num_inference_steps", 1, 12)]) { Kind = PieceKind.Image, UnitPrice = .003, Unit = "image" },
        new("bria/fibo", [s_prompt, FalFields.Seed(), FalFields.AspectRatio()]) { Kind = PieceKind.Image, IsSingle = true, UnitPrice = .04, Unit = "image" },
        new("alibaba/wan-3.0/text-to-video", s_wan) { UnitPrice = .10, Unit = "second" },
        new("alibaba/wan-3.0/image-to-video", [.. s_wan, s_image, FalFields.MaybeFile("end_image_url", "image")]) { UnitPrice = .10, Unit = "second" },
        new("bytedance/seedance-2.0/text-to-video", s_seedance) { UnitPrice = .15, Unit = "second" },
        new("bytedance/seedance-2.0/image-to-video", [.. s_seedance, s_image, FalFields.MaybeFile("end_image_url", "image")]) { UnitPrice = .15, Unit = "second" },
        new("fal-ai/veo3.1", s_veo) { UnitPrice = .40, Unit = "second" },
        new("fal-ai/veo3.1/fast", s_veo) { UnitPrice = .15, Unit = "second" },
        new("fal-ai/veo3.1/fast/image-to-video", [.. s_veo, s_image]) { UnitPrice = .15, Unit = "second" },
        new("fal-ai/elevenlabs/tts/multilingual-v2",
        [Fields.Text("text").Always(), Fields.Text("voice"), Fields.Number("stability", 0, 1), Fields.Number("speed", .7, 1.2)])
        {
            Kind = PieceKind.Audio, UnitPrice = .1, Unit = "1000 characters",
        },
    ];

    public static FalCatalogue Pika { get; } = new(FalPika.All, any: false);

    public static FalCatalogue Any { get; } = new(s_known, any: true);

    public IReadOnlyList<FalEndpoint> Listed => listed;

    /// <summary>True where any endpoint that does not call itself unknown is served.</summary>
    public bool IsOpen => any;

    /// <summary>The endpoint of this id; null when there is none.</summary>
    public FalEndpoint? Find(string id) =>
        listed.FirstOrDefault(e => e.Id == id) ?? (any && id.Contains('/') && !MediaGuess.IsNothing(id) && !id.Contains("/requests/", StringComparison.Ordinal)
            ? Guess(id) : null);

    private static FalEndpoint Guess(string id)
    {
        var kind = MediaGuess.Of(id);
        return new(id, s_usual) { Kind = kind == PieceKind.Text ? PieceKind.Image : kind, UnitPrice = .05, Unit = kind == PieceKind.Video ? "video" : "image" };
    }
}
