using System.Text.Json;
using Framegate.Sandbox.FastApi;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Flux;

/// <summary>Fields that several Flux models share (OpenAPI document v0.0.1 of BFL, facts in section 5 of the sheet).</summary>
internal static class FluxFields
{
    /// <summary>Input images: at most 20 MB and 20 megapixels. The minimum side that BFL's client asks for is not enforced here.</summary>
    private const int MaxImageBytes = 20 * 1024 * 1024;

    private const long MaxImagePixels = 20_000_000;

    private const double WidestRatio = 21.0 / 9;

    /// <summary>Fields of every image model; FLUX.1 tolerates up to 6, FLUX.2 up to 5.</summary>
    public static IReadOnlyList<Field> Common(int maxTolerance) =>
    [
        Fields.Integer("seed").OrNull(),
        Fields.OneOf("output_format", "jpeg", "png", "webp").OrNull(),
        Fields.Integer("safety_tolerance", 0, maxTolerance),
        Fields.Url("webhook_url").OrNull(),
        Fields.Text("webhook_secret").OrNull(),
    ];

    public static Field Prompt() => Fields.Text("prompt");

    public static Field Upsampling() => Fields.Flag("prompt_upsampling");

    public static IReadOnlyList<Field> StepsAndGuidance(int minSteps, double minGuidance, double maxGuidance) =>
        [Fields.Integer("steps", minSteps, 50).OrNull(), Fields.Number("guidance", minGuidance, maxGuidance).OrNull()];

    public static IReadOnlyList<Field> Finetune() =>
        [Fields.Text("finetune_id").Always(), Fields.Number("finetune_strength", 0, 2)];

    /// <summary>FLUX.1 sizes: 256 to 1440, multiples of 32.</summary>
    public static IReadOnlyList<Field> Flux1Size() => [Fields.Integer("width", 256, 1440, 32), Fields.Integer("height", 256, 1440, 32)];

    /// <summary>FLUX.2 sizes: 64 or more, multiples of 16; 0 and null mean "decide yourself".</summary>
    public static IReadOnlyList<Field> Flux2Size() => [Flux2Side("width"), Flux2Side("height")];

    public static Field AspectRatio() => new("aspect_ratio", value =>
        Fields.TextIssue(value) ?? (FluxSizes.ParseRatio(value.GetString()!) is >= 1 / WidestRatio - 1e-9 and <= WidestRatio + 1e-9
            ? null
            : new("value_error", "Value error, aspect_ratio must be between 21:9 and 9:21")));

    /// <summary>An image as raw base64, or also as a web address.</summary>
    public static Field Image(string name, bool orUrl = false) => new(name, value => Fields.TextIssue(value) ?? ImageIssue(value.GetString()!, orUrl));

    public static IReadOnlyList<string> InputImages(int count) =>
        ["input_image", .. Enumerable.Range(2, count - 1).Select(i => $"input_image_{i}")];

    public static Issue? ImageIssue(string text, bool orUrl)
    {
        if (orUrl && Fields.IsWebAddress(text))
        {
            return null;
        }

        if (ImageProbe.FromBase64(text) is not { } bytes)
        {
            return new("value_error", "Value error, Input should be a base64 encoded image without a data: prefix");
        }

        return bytes.Length > MaxImageBytes ? new("value_error", "Value error, Image is larger than 20 MB")
            : ImageProbe.SizeOf(bytes) is not { } size ? new("value_error", "Value error, Input could not be read as an image")
            : (long)size.Width * size.Height > MaxImagePixels ? new("value_error", "Value error, Image is larger than 20 MP")
            : null;
    }

    private static Field Flux2Side(string name) => new Field(name, value =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var zero) && zero == 0
            ? null
            : Fields.IntegerIssue(value, 64, long.MaxValue, 16)).OrNull();
}
