using System.Globalization;
using System.Text.Json;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Fal;

/// <summary>The files that a body asks for.</summary>
internal static class FalOutput
{
    private static readonly IReadOnlyDictionary<string, (int, int)> s_named = new Dictionary<string, (int, int)>
    {
        ["square_hd"] = (1024, 1024), ["square"] = (512, 512), ["portrait_4_3"] = (768, 1024), ["portrait_16_9"] = (576, 1024), ["landscape_4_3"] = (1024, 768),
        ["landscape_16_9"] = (1024, 576),
    };

    public static IReadOnlyList<Piece> Of(FalEndpoint endpoint, JsonElement body) => endpoint.Kind switch
    {
        PieceKind.Image => [.. Enumerable.Repeat(Piece.Image(body.Text("output_format") is "png" or "webp" ? body.Text("output_format")! : "jpeg", ImageSize(body)),
            Math.Clamp(body.Whole("num_images") ?? 1, 1, 8))],
        PieceKind.Audio => [Piece.Audio("mp3", Seconds(body) ?? ((body.Text("text") ?? body.Text("prompt") ?? "").Length / 15.0) + 0.5)],
        _ => [Piece.Video(VideoSize(endpoint, body), Seconds(body) ?? 5)],
    };

    private static (int Width, int Height) ImageSize(JsonElement body)
    {
        if (body.Member("image_size") is { } size)
        {
            return size.ValueKind == JsonValueKind.String ? s_named.GetValueOrDefault(size.GetString()!, (1024, 768))
                : (Side(size.Whole("width")), Side(size.Whole("height")));
        }

        return body.Text("aspect_ratio") is { } ratio ? Shape.Area(ratio, 1024 * 1024) : (1024, 768);

        static int Side(int? asked) => Math.Clamp(asked ?? 1024, 64, 4096);
    }

    /// <summary>The shape asked for, else that of the first image when it is at hand, else 16:9.</summary>
    private static (int Width, int Height) VideoSize(FalEndpoint endpoint, JsonElement body)
    {
        var shorter = Shape.Shorter(body.Text("resolution"), Shape.Shorter(endpoint.Resolution, 720));
        return Shape.Of(body.Text("aspect_ratio"), shorter, ImageShape(body) is var (width, height) ? $"{width}:{height}" : "16:9");
    }

    private static (int Width, int Height)? ImageShape(JsonElement body) =>
        body.Text("image_url") is { } uri && uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
        && ImageProbe.FromBase64(uri.AsSpan(uri.IndexOf(',') + 1)) is { } bytes
            ? ImageProbe.SizeOf(bytes)
            : null;

    /// <summary>A number, or a text with or without the unit.</summary>
    private static double? Seconds(JsonElement body) => body.Member("duration") is not { } duration ? null
        : duration.ValueKind == JsonValueKind.Number ? duration.GetDouble()
        : duration.ValueKind == JsonValueKind.String && double.TryParse(duration.GetString()!.TrimEnd('s'), CultureInfo.InvariantCulture, out var seconds) ? seconds
        : null;
}
