using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>One of the calls that start something, what it makes, and what it calls the unified parameters.</summary>
internal sealed record DialectCall(string Name, MediaType MediaType, string ImageParam)
{
    // Fields that have the same name in the call and at OpenAI's own models. What another provider names has it by chance or by OpenAI's example.
    private string[] Own { get; init; } = [];

    /// <summary>What the caller has named itself of a shape and a resolution, which <c>size</c> stands for otherwise.</summary>
    public IReadOnlyList<string> Shapes { get; init; } = [];

    public static DialectCall Image { get; } = new("images", MediaType.Image, "image")
    {
        Own =
        [
            "model", "n", "size", "quality", "background", "moderation", "output_format", "output_compression", "partial_images", "image", "mask", "input_fidelity", "complexity", "frame_count",
            "frame_duration_ms", "svg", "seed",
        ],
    };

    public static DialectCall Speech { get; } = new("speech", MediaType.Audio, "image") { Own = ["model", "voice", "instructions", "response_format", "speed", "seed"] };

    public static DialectCall Text { get; } = new("responses", MediaType.Text, "input") { Own = ["model", "input", "instructions", "temperature", "top_p", "max_output_tokens", "reasoning", "text"] };

    public static DialectCall Chat { get; } = new("chat", MediaType.Text, "messages") { Own = ["model", "messages", "n", "temperature", "top_p", "response_format", "seed"] };

    public static DialectCall Video { get; } = new("videos", MediaType.Video, "input_reference") { Own = ["model", "n", "size", "seconds", "input_reference", "seed"] };

    public static DialectCall Remix { get; } = new("remix", MediaType.Video, "input_reference") { Own = ["model"] };

    public static DialectCall Edit { get; } = new("edits", MediaType.Video, "input_reference") { Own = ["model"] };

    public static DialectCall Extend { get; } = new("extensions", MediaType.Video, "input_reference") { Own = ["model", "seconds"] };

    /// <summary>The names of a shape and a resolution, beside <c>size</c>.</summary>
    public static IReadOnlyList<string> ShapeNames { get; } = ["aspect_ratio", "resolution"];

    /// <summary>The call of a path under <c>/v1</c>.</summary>
    /// <param name="path">The path.</param>
    /// <param name="request">What was asked for; null where that is not known.</param>
    public static DialectCall Of(PathString path, DialectRequest? request) => Of(path) is var call && request is null ? call : call with { Shapes = request!.Call.Shapes };

    private static DialectCall Of(PathString path) => path.StartsWithSegments("/v1/videos") ? Video : path.StartsWithSegments("/v1/audio") ? Speech
        : path.StartsWithSegments("/v1/responses") ? Text : path.StartsWithSegments("/v1/chat") ? Chat : Image;

    /// <summary>The same call, whatever its caller has named.</summary>
    public bool Equals(DialectCall? other) => Name == other?.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>The caller's name of the field that a provider names; null where the call has none for it.</summary>
    public string? ParamOfNative(string field) => field.Split('.', '[')[0] switch
    {
        "prompt" or "input" => ParamOf("prompt"),
        "text" when this == Speech => ParamOf("prompt"),
        "text" when this == Chat => "response_format",
        "max_output_tokens" when this == Chat => "max_completion_tokens",
        "reasoning" when this == Chat => "reasoning_effort",
        "width" or "height" when Own.Contains("size") => "size",
        "aspect_ratio" or "resolution" when Shapes.Contains(field) => field,
        "image" or "input_reference" when Own.Contains(ImageParam) => ImageParam,
        var name when Own.Contains(name) => name,
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
        "parameters.aspect_ratio" or "parameters.resolution" when Shapes.Contains(field["parameters.".Length..]) => field["parameters.".Length..],
        "parameters.width" or "parameters.height" or "parameters.aspect_ratio" or "parameters.resolution" when this == Text => null,
        "parameters.width" or "parameters.height" or "parameters.aspect_ratio" or "parameters.resolution" when this != Chat => "size",
        "parameters.duration" => "seconds",
        "parameters.image" => ImageParam,
        "parameters.video" => this == Remix ? "model" : "video",
        _ when field.StartsWith("parameters.reference_images", StringComparison.Ordinal) => ImageParam,
        _ when field.StartsWith("parameters.", StringComparison.Ordinal) => field["parameters.".Length..],
        _ => field,
    };
}
