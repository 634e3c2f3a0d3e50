using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Pika;

/// <summary>The endpoints and their inputs (pika.md, sections 4 and 5).</summary>
internal static class PikaEndpoints
{
    private static readonly Field Prompt = Fields.Text("prompt").Always();

    private static readonly Field Image = PikaFields.File("image_url", "image");

    private static readonly Field Video = PikaFields.File("video_url", "video");

    private static readonly IReadOnlyList<Field> Common = [Fields.Text("negative_prompt").OrNull(), PikaFields.Seed()];

    private static readonly IReadOnlyList<Field> Text22 = [.. Common, Prompt, PikaFields.AspectRatio(), PikaFields.Resolution(), PikaFields.Duration()];

    private static readonly IReadOnlyList<Field> TextOld = [.. Common, Prompt, PikaFields.AspectRatio(), PikaFields.Resolution(), PikaFields.AnyDuration()];

    private static readonly IReadOnlyList<Field> ImageOld = [.. Common, Image, Prompt, PikaFields.Resolution(), PikaFields.AnyDuration()];

    public static IReadOnlyList<PikaEndpoint> All { get; } =
    [
        new(Named("v2.2/text-to-video"), Text22),
        new(Named("v2.2/image-to-video"), [.. Common, Image, Prompt, PikaFields.Resolution(), PikaFields.Duration()]),
        new(Named("v2.2/pikascenes"), [.. Text22, PikaFields.Images(1, 10), PikaFields.OneOf("ingredients_mode", "precise", "creative")]) { Resolution = "1080p" },
        new(Named("v2.2/pikaframes"),
            [.. Common, PikaFields.Images(2, 5), Fields.Text("prompt").OrNull(), PikaFields.Resolution(), PikaFields.Transitions().OrNull()])
        {
            Relation = PikaFields.TransitionsIssue,
            UnitPrice = 0.04,
            Unit = "second",
        },
        new(Named("v2.1/text-to-video"), TextOld),
        new(Named("v2.1/image-to-video"), ImageOld),
        new(Named("v2/turbo/text-to-video"), TextOld),
        new(Named("v2/turbo/image-to-video"), ImageOld),
        new(Named("v2/pikadditions"), [.. Common, Video, Image, Fields.Text("prompt").OrNull()]),
        new(Named("v2/pikaswaps"), [.. Common, Video, Fields.Text("prompt").OrNull()]) { UnitPrice = 0.47 }, // its schema is not public
        new(Named("v1.5/pikaffects"),
        [
            .. Common, Image, Fields.Text("prompt").OrNull(),
            PikaFields.OneOf("pikaffect",
                "Cake-ify", "Crumble", "Crush", "Decapitate", "Deflate", "Dissolve", "Explode", "Eye-pop", "Inflate", "Levitate", "Melt", "Peel",
                "Poke", "Squish", "Ta-da", "Tear").Always(),
        ]),
    ];

    private static string Named(string path) => $"{PikaEndpoint.Application}/{path}";
}
