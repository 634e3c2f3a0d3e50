using System.Text.Json;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>How closely a model is to look at the images of a talk: the <c>detail</c> beside each, which is sent to no provider.</summary>
internal static class ImageDetail
{
    /// <summary>The warning where one asks for more, or less, than the model does by itself.</summary>
    /// <param name="fields">The call.</param>
    /// <param name="name">The field with the messages.</param>
    public static IEnumerable<string> Warnings(OpenAiFields fields, string name) =>
        fields.Parts(name) is [{ Json: { ValueKind: JsonValueKind.Array } messages }] && messages.EnumerateArray().Any(static m => PartsOf(m) is { } parts && parts.Any(IsAsked))
            ? [$"{name}: detail was left out; a model looks at images as it does by itself."]
            : [];

    private static JsonElement.ArrayEnumerator? PartsOf(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array ? content.EnumerateArray() : null;

    // Beside the image on /v1/responses, within it on /v1/chat/completions.
    private static bool IsAsked(JsonElement part) => part.ValueKind == JsonValueKind.Object
        && (IsWord(part) || (part.TryGetProperty("image_url", out var image) && image.ValueKind == JsonValueKind.Object && IsWord(image)));

    private static bool IsWord(JsonElement image) => image.TryGetProperty("detail", out var detail) && OpenAiFields.TextOf(detail) is not (null or "" or "auto");
}
