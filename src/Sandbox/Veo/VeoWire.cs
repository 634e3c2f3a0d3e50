using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Framegate.Sandbox.Veo;

/// <summary>A long-running operation; what does not apply yet is left out.</summary>
internal sealed record VeoOperation(string Name)
{
    public bool? Done { get; init; }

    public VeoOperationError? Error { get; init; }

    public VeoResponse? Response { get; init; }
}

/// <summary>Why an operation failed.</summary>
/// <param name="Code">A google.rpc code, not an HTTP status.</param>
/// <param name="Message">Free text.</param>
internal sealed record VeoOperationError(int Code, string Message);

/// <summary>The result in either dialect; the type decides which.</summary>
internal sealed record VeoResponse([property: JsonPropertyName("@type")] string Type)
{
    /// <summary>Gemini.</summary>
    public VeoGenerated? GenerateVideoResponse { get; init; }

    /// <summary>Vertex.</summary>
    public int? RaiMediaFilteredCount { get; init; }

    public IReadOnlyList<string>? RaiMediaFilteredReasons { get; init; }

    public IReadOnlyList<VeoVideo>? Videos { get; init; }
}

/// <summary>Gemini's result.</summary>
internal sealed record VeoGenerated
{
    public IReadOnlyList<VeoSample>? GeneratedSamples { get; init; }

    public int? RaiMediaFilteredCount { get; init; }

    public IReadOnlyList<string>? RaiMediaFilteredReasons { get; init; }
}

/// <summary>One video of Gemini's result.</summary>
internal sealed record VeoSample(VeoFileLink Video);

/// <summary>Where to fetch it, with the key.</summary>
internal sealed record VeoFileLink(string Uri);

/// <summary>One video of Vertex's result: an address or the bytes.</summary>
internal sealed record VeoVideo(string? GcsUri, byte[]? BytesBase64Encoded, string MimeType);

/// <summary>An HTTP error.</summary>
internal sealed record VeoErrorAnswer(VeoErrorBody Error);

/// <summary>Google's error body.</summary>
internal sealed record VeoErrorBody(int Code, string Message, string Status, JsonArray? Details);

/// <summary>One entry of the model list.</summary>
internal sealed record VeoModelEntry(
    string Name, string Version, string DisplayName, string Description, int InputTokenLimit, int OutputTokenLimit,
    IReadOnlyList<string> SupportedGenerationMethods);

/// <summary>The model list.</summary>
internal sealed record VeoModelList(IReadOnlyList<VeoModelEntry> Models, string? NextPageToken);

/// <summary>A model of Vertex's catalogue.</summary>
internal sealed record VeoPublisherModel(string Name, string VersionId, string LaunchStage);

/// <summary>An object on Cloud Storage, without its bytes.</summary>
internal sealed record VeoStoredObject(string Kind, string Name, string Bucket, string ContentType, string Size);

/// <summary>Answer of the OAuth token endpoint.</summary>
internal sealed record VeoToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int ExpiresIn,
    [property: JsonPropertyName("token_type")] string TokenType);

/// <summary>Refusal of the OAuth token endpoint (RFC 6749).</summary>
internal sealed record VeoTokenError(string Error, [property: JsonPropertyName("error_description")] string ErrorDescription);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(VeoOperation))]
[JsonSerializable(typeof(VeoErrorAnswer))]
[JsonSerializable(typeof(VeoModelEntry))]
[JsonSerializable(typeof(VeoModelList))]
[JsonSerializable(typeof(VeoPublisherModel))]
[JsonSerializable(typeof(VeoStoredObject))]
[JsonSerializable(typeof(VeoToken))]
[JsonSerializable(typeof(VeoTokenError))]
internal sealed partial class VeoJson : JsonSerializerContext;
