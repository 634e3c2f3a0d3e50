using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Replicate;

/// <summary>The input of a model: known rules for a few, the usual names with their usual types for the others.</summary>
internal static class ReplicateInput
{
    private static readonly string[] s_files = ["image", "input_image", "first_frame_image", "start_image", "last_frame", "end_image", "last_frame_image", "mask",
        "video", "audio"];

    private static readonly string[] s_fluxRatios = ["1:1", "16:9", "3:2", "2:3", "4:5", "5:4", "9:16", "3:4", "4:3", "21:9", "9:21", "custom", "match_input_image"];

    public static IReadOnlyList<Piece> Read(string model, Reading input)
    {
        var isFlux = model.StartsWith("black-forest-labs/flux", StringComparison.Ordinal);
        var isVeo = model.StartsWith("google/veo-3", StringComparison.Ordinal);
        if (isFlux || isVeo)
        {
            input.Text("prompt");
        }

        input.MaybeText("prompt");
        input.MaybeText("negative_prompt");
        foreach (var name in s_files)
        {
            input.MaybeLink(name);
        }

        input.Links("input_images", 10);
        input.Links("image_input", 14);
        input.MaybeWhole("seed");
        input.MaybeFlag("generate_audio");
        input.MaybeFlag("disable_safety_checker");
        input.MaybeNumber("guidance_scale", 0, 100);
        input.MaybeWhole("num_inference_steps", 1, 500);
        var count = (int)Math.Clamp(input.MaybeWhole("num_outputs", 1, isFlux ? 4 : 10) ?? 1, 1, 10);
        var ratio = isFlux ? input.MaybeOneOf("aspect_ratio", s_fluxRatios) : isVeo ? input.MaybeOneOf("aspect_ratio", "16:9", "9:16") : input.MaybeText("aspect_ratio");
        var resolution = isVeo ? input.MaybeOneOf("resolution", "720p", "1080p") : input.MaybeText("resolution");
        var format = isFlux ? input.MaybeOneOf("output_format", "webp", "jpg", "png") : input.MaybeText("output_format");
        var seconds = input.MaybeWhole("duration", 1, 600) ?? (isVeo ? 8 : 5);
        if (isVeo && seconds is not (4 or 6 or 8))
        {
            input.Fail("duration", "must be one of the following: 4, 6, 8");
        }

        var width = input.MaybeWhole("width", 64, 4096);
        var height = input.MaybeWhole("height", 64, 4096);
        return MediaGuess.Of(model) switch
        {
            PieceKind.Video => [Piece.Video(Shape.Of(ratio, Shape.Shorter(resolution, 720)), seconds)],
            PieceKind.Audio => [Piece.Audio("mp3", seconds)],
            PieceKind.Text => [new Piece(PieceKind.Text, "txt")],
            _ => [.. Enumerable.Repeat(
                Piece.Image(format switch { "png" => "png", "jpg" or "jpeg" => "jpeg", _ => "webp" }, width is { } w && height is { } h ? ((int)w, (int)h)
                    : Shape.Area(ratio, 1024 * 1024)), count)],
        };
    }
}
