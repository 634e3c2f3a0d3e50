using System.Text.Json;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Runway;

/// <summary>What a valid submit asks for.</summary>
internal sealed record RunwayOrder(RunwayMedia Output, string Model, string Prompt, (int Width, int Height) Size)
{
    /// <summary>What a video lasts when its length is left open or follows the input.</summary>
    private const double UsualSeconds = 5;

    private const double SpokenSecondsPerLetter = 0.06;

    private const double LongestSpeech = 30;

    /// <summary>Length of a sound; a clip's length is not the job's.</summary>
    public required double Seconds { get; init; }

    /// <summary>Files made: 1 unless an image model was asked for more.</summary>
    public required int Count { get; init; }

    public required ImageEncoding Encoding { get; init; }

    public required int Credits { get; init; }

    public required long? Seed { get; init; }

    public static RunwayOrder Read(RunwayEndpoint endpoint, string model, JsonElement body)
    {
        var size = RunwaySizes.Of(endpoint, body);
        var prompt = body.Text("promptText") ?? "";
        var count = body.Whole("outputCount") ?? 1;
        var seconds = body.Member("duration") is { ValueKind: JsonValueKind.Number } duration ? duration.GetDouble()
            : endpoint.Path == "text_to_speech" ? Math.Clamp(prompt.Length * SpokenSecondsPerLetter, 1, LongestSpeech)
            : UsualSeconds;
        return new RunwayOrder(endpoint.Output, model, prompt, size)
        {
            Seconds = seconds,
            Count = count,
            Credits = RunwayPrices.Of(endpoint.Output, model, body, size, seconds, count),
            Seed = body.Member("seed")?.GetInt64(),
            Encoding = body.Text("outputFormat") switch { "jpeg" => ImageEncoding.Jpeg, "webp" => ImageEncoding.Webp, _ => ImageEncoding.Png },
        };
    }
}
