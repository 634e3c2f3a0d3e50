using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins.Contract;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Framegate.Proxy.Edge.Mcp;

/// <summary>What an agent can ask for.</summary>
[McpServerToolType]
internal sealed class McpTools(McpCalls calls)
{
    private const string Prompt = "What to make.";
    private const string Model = "A model or an alias, as list_models names it: flux/flux-pro-1.1, sora-2.";
    private const string Input = "An https URL, a data: URI, or an earlier result: its id, its url, or its resource.";
    private const string More = "More parameters by their unified names (guidance, steps, fps ...), or the provider's own under its name: {\"flux\":{\"raw\":true}}.";
    private const string MaxCost = "What it may cost at most, USD; a request that costs more, or whose price nobody knows, is refused.";
    private const string Wait = "How long to wait, seconds, 0 to 55. When it is not done by then, the status is processing and get_generation waits on.";
    private const int Patience = 50;

    /// <summary>Makes images.</summary>
    [McpServerTool(Name = "generate_image", Title = "Generate an image", Destructive = false, Idempotent = false, OpenWorld = true, UseStructuredContent = true, OutputSchemaType = typeof(McpGeneration))]
    [Description("Makes images from a text, and from other images where the model takes them. Costs money.")]
    public Task<CallToolResult> GenerateImageAsync(
        IProgress<ProgressNotificationValue> progress,
        [Description(Prompt)] string prompt,
        [Description(Model)] string model,
        [Description("The shape, as in 16:9.")] string? aspectRatio = null,
        [Description("Pixels.")] int? width = null,
        [Description("Pixels.")] int? height = null,
        [Description("As in 1k or 2k, where the model has such.")] string? resolution = null,
        [Description("How many.")] int? n = null,
        [Description("The same seed gives the same picture, where the model takes one.")] int? seed = null,
        [Description("What must not be in it.")] string? negativePrompt = null,
        [Description("png, jpeg or webp.")] string? outputFormat = null,
        [Description("Images to go by. " + Input)] string[]? referenceImages = null,
        [Description(More)] JsonElement? more = null,
        [Description(MaxCost)] decimal? maxCost = null,
        [Description(Wait)] int waitSeconds = Patience,
        CancellationToken cancellationToken = default) => calls.GenerateAsync(
            MediaType.Image,
            prompt,
            model,
            Given(more, ("aspect_ratio", aspectRatio), ("width", width), ("height", height), ("resolution", resolution), ("n", n), ("seed", seed), ("negative_prompt", negativePrompt), ("output_format", outputFormat), ("reference_images", referenceImages)),
            maxCost,
            waitSeconds,
            progress,
            cancellationToken);

    /// <summary>Changes an image.</summary>
    [McpServerTool(Name = "edit_image", Title = "Edit an image", Destructive = false, Idempotent = false, OpenWorld = true, UseStructuredContent = true, OutputSchemaType = typeof(McpGeneration))]
    [Description("Changes an image as a text describes. Costs money.")]
    public Task<CallToolResult> EditImageAsync(
        IProgress<ProgressNotificationValue> progress,
        [Description("What to change.")] string prompt,
        [Description("The image. " + Input)] string image,
        [Description(Model)] string model,
        [Description("White is painted anew, black stays. " + Input)] string? mask = null,
        [Description("The shape, as in 16:9.")] string? aspectRatio = null,
        [Description("The same seed gives the same picture, where the model takes one.")] int? seed = null,
        [Description("png, jpeg or webp.")] string? outputFormat = null,
        [Description(More)] JsonElement? more = null,
        [Description(MaxCost)] decimal? maxCost = null,
        [Description(Wait)] int waitSeconds = Patience,
        CancellationToken cancellationToken = default) => calls.GenerateAsync(
            MediaType.Image,
            prompt,
            model,
            Given(more, ("image", image), ("mask", mask), ("aspect_ratio", aspectRatio), ("seed", seed), ("output_format", outputFormat)),
            maxCost,
            waitSeconds,
            progress,
            cancellationToken);

    /// <summary>Makes a video.</summary>
    [McpServerTool(Name = "generate_video", Title = "Generate a video", Destructive = false, Idempotent = false, OpenWorld = true, UseStructuredContent = true, OutputSchemaType = typeof(McpGeneration))]
    [Description("Begins a video and answers at once with an id; get_generation waits for it. Takes minutes and costs money.")]
    public Task<CallToolResult> GenerateVideoAsync(
        IProgress<ProgressNotificationValue> progress,
        [Description(Prompt)] string prompt,
        [Description(Model)] string model,
        [Description("Seconds.")] int? duration = null,
        [Description("The shape, as in 16:9.")] string? aspectRatio = null,
        [Description("As in 720p or 1080p.")] string? resolution = null,
        [Description("The first picture. " + Input)] string? image = null,
        [Description("The last picture. " + Input)] string? lastImage = null,
        [Description("A clip to change or to go on from. " + Input)] string? video = null,
        [Description("Whether it has sound.")] bool? audio = null,
        [Description("The same seed gives the same clip, where the model takes one.")] int? seed = null,
        [Description("What must not be in it.")] string? negativePrompt = null,
        [Description(More)] JsonElement? more = null,
        [Description(MaxCost)] decimal? maxCost = null,
        [Description(Wait)] int waitSeconds = 0,
        CancellationToken cancellationToken = default) => calls.GenerateAsync(
            MediaType.Video,
            prompt,
            model,
            Given(more, ("duration", duration), ("aspect_ratio", aspectRatio), ("resolution", resolution), ("image", image), ("last_image", lastImage), ("video", video), ("audio", audio), ("seed", seed), ("negative_prompt", negativePrompt)),
            maxCost,
            waitSeconds,
            progress,
            cancellationToken);

    /// <summary>Makes sound.</summary>
    [McpServerTool(Name = "generate_audio", Title = "Generate sound", Destructive = false, Idempotent = false, OpenWorld = true, UseStructuredContent = true, OutputSchemaType = typeof(McpGeneration))]
    [Description("Speaks a text, or makes a sound or music from a description, by what the model does. Costs money.")]
    public Task<CallToolResult> GenerateAudioAsync(
        IProgress<ProgressNotificationValue> progress,
        [Description("The text to speak, or what to make.")] string prompt,
        [Description(Model)] string model,
        [Description("A voice of the model.")] string? voice = null,
        [Description("mp3, wav, opus ...")] string? outputFormat = null,
        [Description("Seconds, for sounds and music.")] int? duration = null,
        [Description(More)] JsonElement? more = null,
        [Description(MaxCost)] decimal? maxCost = null,
        [Description(Wait)] int waitSeconds = Patience,
        CancellationToken cancellationToken = default) => calls.GenerateAsync(
            MediaType.Audio, prompt, model, Given(more, ("voice", voice), ("output_format", outputFormat), ("duration", duration)), maxCost, waitSeconds, progress, cancellationToken);

    /// <summary>Returns what a request would cost.</summary>
    [McpServerTool(Name = "quote", Title = "Ask for a price", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true, OutputSchemaType = typeof(Unified.QuoteAnswer))]
    [Description("Returns where a request would go and what it would cost. Nothing is made.")]
    public Task<CallToolResult> QuoteAsync(
        [Description("image, video or audio.")] string mediaType,
        [Description(Prompt)] string prompt,
        [Description(Model)] string model,
        [Description("Parameters by their unified names: width, height, aspect_ratio, resolution, duration, n, seed, image ...")] JsonElement? parameters = null,
        CancellationToken cancellationToken = default) => calls.QuoteAsync(mediaType, prompt, model, Given(parameters), cancellationToken);

    /// <summary>Lists models.</summary>
    [McpServerTool(Name = "list_models", Title = "List models", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true, OutputSchemaType = typeof(McpModels))]
    [Description("The models and aliases that can be asked for, with what they do and cost. Those that their makers have ended are left out.")]
    public CallToolResult ListModels(
        [Description("image, video, audio or text; null for all.")] string? mediaType = null,
        [Description("As in image-to-video or inpainting; null for all.")] string? capability = null) => calls.Models(mediaType, capability);

    /// <summary>Looks a generation up.</summary>
    [McpServerTool(Name = "get_generation", Title = "Look up a generation", ReadOnly = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true, OutputSchemaType = typeof(McpGeneration))]
    [Description("A generation as it stands, and its results once it is done.")]
    public Task<CallToolResult> GetGenerationAsync(
        IProgress<ProgressNotificationValue> progress,
        [Description("The id that it was begun with.")] string id,
        [Description("How long to wait for its end, seconds, 0 to 55.")] int waitSeconds = 30,
        CancellationToken cancellationToken = default) => calls.FindAsync(id, waitSeconds, progress, cancellationToken);

    /// <summary>Ends a generation.</summary>
    [McpServerTool(Name = "cancel_generation", Title = "Cancel a generation", Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true, OutputSchemaType = typeof(McpGeneration))]
    [Description("Ends a generation, at the provider too where that can be done. What was made by then may have been paid for.")]
    public Task<CallToolResult> CancelGenerationAsync([Description("The id that it was begun with.")] string id, CancellationToken cancellationToken = default) => calls.CancelAsync(id, cancellationToken);

    /// <summary>The parameters that were given; those with names of their own go before the same in <c>more</c>.</summary>
    private static JsonObject Given(JsonElement? more, params ReadOnlySpan<(string Name, object? Value)> named)
    {
        var parameters = more is { ValueKind: JsonValueKind.Object } given ? JsonObject.Create(given)!
            : more is null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } ? []
            : throw new ArgumentException("Further parameters must be an object.");
        foreach (var (name, value) in named)
        {
            if (value is not null)
            {
                parameters[name] = value switch
                {
                    string text => text,
                    int number => number,
                    bool flag => flag,
                    string[] texts => new JsonArray([.. texts.Select(t => (JsonNode)t)]),
                    _ => throw new ArgumentException($"{name} cannot be read."),
                };
            }
        }

        return parameters;
    }
}
