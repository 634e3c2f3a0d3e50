using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>An error as OpenAI writes it; all four keys are always there.</summary>
internal sealed record OpenAiError(string Message, string Type, string? Param, string? Code)
{
    /// <summary>The same about a field by another name: its words begin with the name that the caller has sent.</summary>
    public OpenAiError Under(string? param) => this with
    {
        Param = param,
        Message = Param is { } was && Message.StartsWith(was + ": ", StringComparison.Ordinal) ? param + Message[was.Length..] : Message,
    };
}

/// <summary>The body of an error.</summary>
internal sealed record OpenAiErrorBody(OpenAiError Error);

/// <summary>A video job; all thirteen keys are always there.</summary>
internal sealed record VideoJob(
    string Id, string Object, string Model, string Status, int Progress, long CreatedAt, long? CompletedAt, long? ExpiresAt, string? Prompt, string Size,
    string Seconds, string? RemixedFromVideoId, VideoJobError? Error);

/// <summary>Why a video job failed.</summary>
internal sealed record VideoJobError(string Code, string Message);

/// <summary>A page of video jobs.</summary>
internal sealed record VideoJobPage(string Object, IReadOnlyList<VideoJob> Data, string? FirstId, string? LastId, bool HasMore);

/// <summary>A video job that is gone.</summary>
internal sealed record DeletedVideo(string Id, string Object, bool Deleted);

/// <summary>A response that is gone.</summary>
internal sealed record DeletedResponse(string Id, string Object, bool Deleted);

/// <summary>A model, or an alias.</summary>
internal sealed record OpenAiModel(string Id, string Object, long Created, string OwnedBy, DateOnly? ShutdownDate);

/// <summary>All models.</summary>
internal sealed record OpenAiModelPage(string Object, IReadOnlyList<OpenAiModel> Data);

/// <summary>Images that are being made, or that came to nothing.</summary>
internal sealed record ImageJob(string Id, string Object, string Status, long CreatedAt, double? Progress, VideoJobError? Error);

/// <summary>Images that the caller fetches.</summary>
internal sealed record ImageLinks(long Created, IReadOnlyList<ImageLink> Data, string Background, string? OutputFormat, string Quality, string? Size, ImageUsage Usage);

/// <summary>Tokens, which clients read of every answer. Zeros where a provider counts none.</summary>
internal sealed record ImageUsage(long TotalTokens, long InputTokens, long OutputTokens, ImageUsageDetails InputTokensDetails)
{
    /// <summary>The usage of some generations. Not all providers report what the input was, texts or images.</summary>
    public static ImageUsage Of(TokenCount tokens) => new(tokens.Total, tokens.Input, tokens.Output, new ImageUsageDetails(0, 0));
}

/// <summary>What the input tokens were.</summary>
internal sealed record ImageUsageDetails(long TextTokens, long ImageTokens);

/// <summary>One of them.</summary>
internal sealed record ImageLink(string Url);

/// <summary>Which of the pictures of one call a request is for; its metadata.</summary>
internal sealed record ImagePart(int Part, int Of);

/// <summary>Source-generated JSON of the dialect.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OpenAiErrorBody))]
[JsonSerializable(typeof(VideoJob))]
[JsonSerializable(typeof(VideoJobPage))]
[JsonSerializable(typeof(DeletedVideo))]
[JsonSerializable(typeof(DeletedResponse))]
[JsonSerializable(typeof(ResponseFacts))]
[JsonSerializable(typeof(OpenAiModel))]
[JsonSerializable(typeof(OpenAiModelPage))]
[JsonSerializable(typeof(ImageLinks))]
[JsonSerializable(typeof(ImageJob))]
[JsonSerializable(typeof(ImageUsage))]
[JsonSerializable(typeof(VideoFacts))]
[JsonSerializable(typeof(ImagePart))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class OpenAiJson : JsonSerializerContext;
