using System.Globalization;
using System.Text.Json;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Veo;

/// <summary>Checks that both dialects share; each gives null when all is well.</summary>
internal static class VeoChecks
{
    private const int MaxImageBytes = 20 * 1024 * 1024;

    private const int MaxReferences = 3;

    /// <summary>The first fault of a list that is worked through only as far as needed.</summary>
    public static VeoFault? First(IEnumerable<VeoFault?> faults) => faults.FirstOrDefault(f => f is not null);

    public static VeoFault? OnlyKnown(JsonElement element, params ReadOnlySpan<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var field in element.EnumerateObject())
        {
            if (!known.Contains(field.Name))
            {
                return VeoFault.Unsupported(field.Name);
            }
        }

        return null;
    }

    public static VeoFault? Prompt(VeoBody body) =>
        body.Instance.Member("prompt") is { ValueKind: not JsonValueKind.String } ? VeoFault.WrongType("instances[0].prompt", "a string")
        : body.Prompt.Length == 0 && (body.Has("referenceImages") || !(body.Has("image") || body.Has("video")))
            ? VeoFault.Invalid("`prompt` is required.")
        : null;

    public static VeoFault? IsText(JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: not JsonValueKind.String } ? VeoFault.WrongType(name, "a string") : null;

    public static VeoFault? IsFlag(JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: not (JsonValueKind.True or JsonValueKind.False) } ? VeoFault.WrongType(name, "a boolean") : null;

    public static VeoFault? OneOf(JsonElement parent, string name, params ReadOnlySpan<string> values) =>
        IsText(parent, name) ?? (parent.Text(name) is { } text && !values.Contains(text) ? VeoFault.WrongValue(name, text) : null);

    public static VeoFault? Between(JsonElement parent, string name, long from, long to) =>
        parent.Member(name) is not { } value ? null
        : value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number) ? VeoFault.WrongType(name, "an integer")
        : number < from || number > to ? VeoFault.OutOfBound(name, from, to)
        : null;

    public static VeoFault? Resolution(VeoBody body, VeoModel model) =>
        body.Parameters.Member("resolution") is null ? null
        : model.Resolutions.Count == 0 ? VeoFault.Unsupported("resolution")
        : OneOf(body.Parameters, "resolution", [.. model.Resolutions]);

    /// <summary>The bounds are the message's; what a model takes within them is another matter (5 and 7 s are refused by Veo 3).</summary>
    public static VeoFault? Duration(VeoBody body, VeoModel model) =>
        body.Parameters.Member("durationSeconds") is not { } value ? null
        : Seconds(value) is not { } seconds ? VeoFault.WrongType("durationSeconds", "an integer")
        : model.TakesSeconds(seconds) ? null
        : VeoFault.OutOfBound("durationSeconds", model.Generation == 2 ? 5 : 4, 8);

    public static int? Seconds(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt32(out var number) => number,
        JsonValueKind.String when int.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    /// <summary>An image object; <paramref name="orGcs"/> also takes <c>gcsUri</c> instead of the bytes.</summary>
    public static VeoFault? Image(JsonElement? image, bool orGcs)
    {
        if (image is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return VeoFault.WrongType("image", "an object");
        }

        if (OnlyKnown(value, orGcs ? ["bytesBase64Encoded", "mimeType", "gcsUri"] : ["bytesBase64Encoded", "mimeType"]) is { } unknown)
        {
            return unknown;
        }

        if (value.Text("mimeType") is not ("image/png" or "image/jpeg" or "image/webp"))
        {
            return VeoFault.Invalid("Unsupported image mime type. Supported are image/jpeg and image/png.");
        }

        if (value.Text("gcsUri") is { } uri)
        {
            return IsGcs(uri) && value.Member("bytesBase64Encoded") is null
                ? null
                : VeoFault.Invalid("Expected either `bytesBase64Encoded` or a `gcsUri` that starts with gs://.");
        }

        return value.Text("bytesBase64Encoded") is not { } text || ImageProbe.FromBase64(text) is not { } bytes
                ? VeoFault.Invalid("Image must be given as base64 in `bytesBase64Encoded`.")
            : bytes.Length > MaxImageBytes ? VeoFault.Invalid("Image is larger than 20 MB.")
            : ImageProbe.SizeOf(bytes) is null ? VeoFault.Invalid("Unable to process input image. Please retry or report.")
            : null;
    }

    public static VeoFault? LastFrame(VeoBody body, VeoModel model, bool orGcs) =>
        !body.Has("lastFrame") ? null
        : !model.LastFrame ? VeoFault.Unsupported("lastFrame")
        : !body.Has("image") ? VeoFault.UseCase
        : Image(body.Instance.Member("lastFrame"), orGcs);

    /// <summary>Up to three assets, or one style where the model has styles; never with another image or a video, and 8 s long.</summary>
    public static VeoFault? References(VeoBody body, VeoModel model, bool orGcs)
    {
        if (body.Instance.Member("referenceImages") is not { } list)
        {
            return null;
        }

        if (!model.Assets)
        {
            return VeoFault.Unsupported("referenceImages");
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxReferences)
        {
            return VeoFault.Invalid($"`referenceImages` must have 1 to {MaxReferences} entries.");
        }

        if (body.Has("image") || body.Has("lastFrame") || body.Has("video") || body.Seconds is not (null or 8))
        {
            return VeoFault.UseCase;
        }

        foreach (var entry in list.EnumerateArray())
        {
            var isStyle = IsWord(entry.Text("referenceType"), "style");
            if (!(IsWord(entry.Text("referenceType"), "asset") || (isStyle && model.Styles && list.GetArrayLength() == 1)))
            {
                return VeoFault.WrongValue("referenceType", entry.Text("referenceType") ?? "null");
            }

            if ((entry.Member("image") is null ? VeoFault.Invalid("A reference needs an `image`.") : Image(entry.Member("image"), orGcs)) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    public static bool IsGcs(string uri) => uri.StartsWith("gs://", StringComparison.Ordinal) && uri.Length > "gs://".Length && uri["gs://".Length] != '/';

    /// <summary>The SDKs write enumerations in capitals, the documentation in small letters.</summary>
    public static bool IsWord(string? text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);
}
