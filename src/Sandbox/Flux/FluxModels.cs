using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Flux;

/// <summary>Every image model route whose schema is known. Sources: BFL's OpenAPI document v0.0.1; for the legacy ones its Python client.</summary>
/// <remarks>Prices are those of docs.bfl.ai (mid-2026); models it does not list cost what their base model costs.</remarks>
internal static class FluxModels
{
    private const int Flux1Tolerance = 6;
    private const int Flux2Tolerance = 5;

    public static IReadOnlyList<FluxModel> All { get; } =
    [
        Flux1("flux-pro-1.1", 4, []),
        Flux1("flux-pro", 4, [Fields.Integer("steps", 1, 50).OrNull(), Fields.Number("guidance", 1.5, 5).OrNull(), Fields.Number("interval", 1, 4).OrNull()]),
        Flux1("flux-dev", 2.5, FluxFields.StepsAndGuidance(1, 1.5, 5)),
        Flux1("flux-pro-finetuned", 4, FluxFields.Finetune()) with { Region = FluxRegions.Finetunes },
        Ultra("flux-pro-1.1-ultra", [Fields.Flag("raw")]),
        Ultra("flux-pro-1.1-ultra-finetuned", FluxFields.Finetune()) with { Region = FluxRegions.Finetunes },
        Kontext("flux-kontext-pro", 4),
        Kontext("flux-kontext-max", 8),
        Flux2("flux-2-pro", 8, 3, 1.5, []),
        Flux2("flux-2-pro-preview", 8, 3, 1.5, []),
        Flux2("flux-2-max", 8, 7, 3, []),
        Flux2("flux-2-klein-4b", 4, 1.4, 0.1, []),
        Flux2("flux-2-klein-9b", 4, 1.5, 0.2, []),
        Flux2("flux-2-klein-9b-preview", 4, 1.5, 0.2, []),
        Flux2("flux-2-flex", 8, 5, 5,
            [FluxFields.Upsampling(), .. FluxFields.StepsAndGuidance(1, 1.5, 10), Fields.Text("input_image_blob_path").OrNull()]),
        Fill("flux-pro-1.0-fill", []),
        Fill("flux-pro-1.0-fill-finetuned", FluxFields.Finetune()) with { Region = FluxRegions.Finetunes },
        Expand(),
        Control("flux-pro-1.0-canny", Thresholds()),
        Control("flux-pro-1.0-depth", []),
        Control("flux-pro-1.0-canny-finetuned", [.. Thresholds(), .. FluxFields.Finetune()]) with { Region = FluxRegions.Finetunes },
        Control("flux-pro-1.0-depth-finetuned", FluxFields.Finetune()) with { Region = FluxRegions.Finetunes },
        FluxVideoModel.Create(),
    ];

    private static FluxModel Flux1(string name, double cost, IReadOnlyList<Field> more) => new(
        name,
        [FluxFields.Prompt().OrNull(), FluxFields.Image("image_prompt").OrNull(), .. FluxFields.Flux1Size(), FluxFields.Upsampling(),
            .. more, .. FluxFields.Common(Flux1Tolerance)],
        FluxSizes.Flux1, (_, _, _) => cost)
    { ImageInputs = ["image_prompt"] };

    private static FluxModel Ultra(string name, IReadOnlyList<Field> more) => new(
        name,
        [FluxFields.Prompt().OrNull(), FluxFields.AspectRatio(), FluxFields.Image("image_prompt").OrNull(), Fields.Number("image_prompt_strength", 0, 1),
            FluxFields.Upsampling(), .. more, .. FluxFields.Common(Flux1Tolerance)],
        FluxSizes.Ultra, (_, _, _) => 6)
    { ImageInputs = ["image_prompt"] };

    private static FluxModel Kontext(string name, double cost)
    {
        var images = FluxFields.InputImages(4);
        return new(
            name,
            [FluxFields.Prompt().Always(), .. images.Select(i => FluxFields.Image(i, orUrl: true).OrNull()), FluxFields.AspectRatio().OrNull(),
                FluxFields.Upsampling(), .. FluxFields.Common(Flux1Tolerance)],
            FluxSizes.Kontext, (_, _, _) => cost)
        { ImageInputs = images };
    }

    private static FluxModel Flux2(string name, int maxImages, double firstMegapixel, double furtherMegapixel, IReadOnlyList<Field> more)
    {
        var images = FluxFields.InputImages(maxImages);
        return new(
            name,
            [FluxFields.Prompt().Always(), .. images.Select(i => FluxFields.Image(i, orUrl: true).OrNull()), .. FluxFields.Flux2Size(),
                .. more, .. FluxFields.Common(Flux2Tolerance)],
            FluxSizes.Flux2,
            (_, input, output) => Math.Round(firstMegapixel + ((Math.Max(output - 1, 0) + input) * furtherMegapixel), 2))
        { ImageInputs = images, Relation = FluxSizes.Flux2Area };
    }

    private static FluxModel Fill(string name, IReadOnlyList<Field> more) => new(
        name,
        [FluxFields.Image("image").Always(), FluxFields.Image("mask").OrNull(), FluxFields.Prompt().OrNull(), FluxFields.Upsampling(),
            .. FluxFields.StepsAndGuidance(15, 1.5, 100), .. more, .. FluxFields.Common(Flux1Tolerance)],
        FluxSizes.Like("image"), (_, _, _) => 5)
    {
        ImageInputs = ["image"],
        Relation = body => body.Has("mask") && body.ImageSize("mask") != body.ImageSize("image")
            ? new("value_error", "Value error, mask must have the same size as image")
            : null,
    };

    private static FluxModel Expand() => new(
        "flux-pro-1.0-expand",
        [FluxFields.Image("image").Always(), .. Sides(),
            FluxFields.Prompt().OrNull(), FluxFields.Upsampling(), .. FluxFields.StepsAndGuidance(15, 1.5, 100), .. FluxFields.Common(Flux1Tolerance)],
        FluxSizes.Expanded, (_, _, _) => 5)
    { ImageInputs = ["image"] };

    private static FluxModel Control(string name, IReadOnlyList<Field> more) => new(
        name,
        [FluxFields.Prompt().Always(), FluxFields.Image("control_image").OrNull(), FluxFields.Image("preprocessed_image").OrNull(), FluxFields.Upsampling(),
            .. FluxFields.StepsAndGuidance(15, 1, 100), .. more, .. FluxFields.Common(Flux1Tolerance)],
        FluxSizes.Like("control_image", "preprocessed_image"), (_, _, _) => 5)
    {
        ImageInputs = ["control_image", "preprocessed_image"],
        Relation = body => body.Has("control_image") || body.Has("preprocessed_image")
            ? null
            : new("value_error", "Value error, control_image or preprocessed_image is required"),
    };

    private static IEnumerable<Field> Sides()
    {
        string[] sides = ["top", "bottom", "left", "right"];
        return sides.Select(side => Fields.Integer(side, 0, 2048).OrNull());
    }

    private static IReadOnlyList<Field> Thresholds() =>
        [Fields.Integer("canny_low_threshold", 0, 500).OrNull(), Fields.Integer("canny_high_threshold", 0, 500).OrNull()];
}
