using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>One of the calls that start something, what it makes, and what it calls the unified parameters.</summary>
internal sealed record DialectCall(string Name, MediaType MediaType, string ImageParam)
{
    // Fields that go to OpenAI's own models under the caller's name.
    private static readonly string[] s_native =
    [
        "model", "n", "size", "quality", "background", "moderation", "output_format", "output_compression", "partial_images", "image", "mask", "input_fidelity", "complexity", "frame_count", "frame_duration_ms", "svg",
        "seconds", "input_reference", "voice", "instructions", "response_format", "speed", "temperature", "top_p", "max_output_tokens", "reasoning", "text", "seed",
    ];

    public static DialectCall Image { get; } = new("images", MediaType.Image, "image");

    public static DialectCall Speech { get; } = new("speech", MediaType.Audio, "image");

    public static DialectCall Text { get; } = new("responses", MediaType.Text, "input");

    public static DialectCall Chat { get; } = new("chat", MediaType.Text, "messages");

    public static DialectCall Video { get; } = new("videos", MediaType.Video, "input_reference");

    public static DialectCall Remix { get; } = new("remix", MediaType.Video, "input_reference");

    public static DialectCall Edit { get; } = new("edits", MediaType.Video, "input_reference");

    public static DialectCall Extend { get; } = new("extensions", MediaType.Video, "input_reference");

    /// <summary>The call of a path under <c>/v1</c>.</summary>
    public static DialectCall Of(PathString path) => path.StartsWithSegments("/v1/videos") ? Video : path.StartsWithSegments("/v1/audio") ? Speech
        : path.StartsWithSegments("/v1/responses") ? Text : path.StartsWithSegments("/v1/chat") ? Chat : Image;

    /// <summary>The caller's name of the field that a provider names; null where the call has none for it.</summary>
    public string? ParamOfNative(string field) => field.Split('.', '[')[0] switch
    {
        "prompt" or "input" => ParamOf("prompt"),
        "width" or "height" or "aspect_ratio" when MediaType != MediaType.Text => "size",
        "max_output_tokens" when this == Chat => "max_completion_tokens",
        "text" when this == Chat => "response_format",
        var name when s_native.Contains(name) => name,
        _ => null,
    };

    /// <summary>The caller's name of a unified field; null for the whole body.</summary>
    public string? ParamOf(string field) => field switch
    {
        "$" => null,
        "prompt" when this == Chat => "messages",
        "prompt" when this == Speech || this == Text => "input",
        "parameters.output_format" when this == Speech => "response_format",
        "media_type" or "provider" => "model",
        "parameters.width" or "parameters.height" or "parameters.aspect_ratio" or "parameters.resolution" when this != Chat => "size",
        "parameters.duration" => "seconds",
        "parameters.image" => ImageParam,
        "parameters.video" => this == Remix ? "model" : "video",
        _ when field.StartsWith("parameters.reference_images", StringComparison.Ordinal) => ImageParam,
        _ when field.StartsWith("parameters.", StringComparison.Ordinal) => field["parameters.".Length..],
        _ => field,
    };
}
