using System.Collections.Frozen;
using System.Text.Json;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Runway;

/// <summary>One <c>POST /v1/...</c> that starts a task, and its models with their schemas.</summary>
/// <remarks>The schemas are the request types of npm @runwayml/sdk 4.20.1, with limits from its comments and from runway.md, section 4.
/// Lengths that neither of them states are wide: 1 to 30 s.</remarks>
internal sealed class RunwayEndpoint
{
    private RunwayEndpoint(string path, RunwayMedia output)
    {
        Path = path;
        Output = output;
        using var document = JsonDocument.Parse(EmbeddedAsset.Read($"runway-{path}.json"));
        Models = document.RootElement.EnumerateObject().ToFrozenDictionary(p => p.Name, p => p.Value.Clone(), StringComparer.Ordinal);
    }

    public static IReadOnlyList<RunwayEndpoint> All { get; } =
    [
        new("text_to_video", RunwayMedia.Video),
        new("image_to_video", RunwayMedia.Video),
        new("video_to_video", RunwayMedia.Video),
        new("video_upscale", RunwayMedia.Video),
        new("video_to_hdr", RunwayMedia.Video),
        new("character_performance", RunwayMedia.Video),
        new("text_to_image", RunwayMedia.Image),
        new("image_upscale", RunwayMedia.Image),
        new("text_to_speech", RunwayMedia.Audio),
        new("sound_effect", RunwayMedia.Audio),
    ];

    /// <summary>The last part of the path.</summary>
    public string Path { get; }

    public RunwayMedia Output { get; }

    /// <summary>Schema of the body without <c>model</c>, by model.</summary>
    public IReadOnlyDictionary<string, JsonElement> Models { get; }
}
