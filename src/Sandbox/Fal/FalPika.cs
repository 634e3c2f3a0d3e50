using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Fal;

/// <summary>The endpoints of Pika and their inputs (pika.md, sections 4 and 5).</summary>
internal static class FalPika
{
    private static readonly Field Prompt = Fields.Text("prompt").Always();

    private static readonly Field Image = FalFields.File("image_url", "image");

    private static readonly Field Video = FalFields.File("video_url", "video");

    private static readonly IReadOnlyList<Field> Common = [Fields.Text("negative_prompt").OrNull(), FalFields.Seed()];

    private static readonly IReadOnlyList<Field> Text22 = [.. Common, Prompt, FalFields.AspectRatio(), FalFields.Resolution(), FalFields.Duration()];

    private static readonly IReadOnlyList<Field> TextOld = [.. Common, Prompt, FalFields.AspectRatio(), FalFields.Resolution(), FalFields.AnyDuration()];

    private static readonly IReadOnlyList<Field> ImageOld = [.. Common, Image, Prompt, FalFields.Resolution(), FalFields.AnyDuration()];

    public static IReadOnlyList<FalEndpoint> All { get; } =
    [
        new(Named("v2.2/text-to-video"), Text22),
        new(Named("v2.2/image-to-video"), [.. Common, Image, Prompt, FalFields.Resolution(), FalFields.Duration()]),
        new(Named("v2.2/pikascenes"), [.. Text22, FalFields.Images(1, 10), FalFields.OneOf("ingredients_mode", "precise", "creative")]) { Resolution = "1080p" },
        new(Named("v2.2/pikaframes"),
            [.. Common, FalFields.Images(2, 5), Fields.Text("prompt").OrNull(), FalFields.Resolution(), FalFields.Transitions().OrNull()])
        {
            Relation = FalFields.TransitionsIssue,
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
            FalFields.OneOf("pikaffect",
                "Cake-ify", "Crumble", "Crush", "Decapitate", "Deflate", "Dissolve", "Explode", "Eye-pop", "Inflate", "Levitate", "Melt", "Peel",
                "Poke", "Squish", "Ta-da", "Tear").Always(),
        ]),
    ];

    private static string Named(string path) => "fal-ai/pika/" + path;
}
