using System.Text.Json;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>What is known about the native fields, and in which part of the body each belongs.</summary>
internal static class VeoRules
{
    /// <summary>Where <c>storageUri</c> is called otherwise.</summary>
    public const string OtherStorage = "gcsOutputDirectory";

    private static readonly NativeRule s_vertexOnly = NativeRule.Never("is a field of Vertex AI; the Gemini API refuses it.");

    private static readonly NativeRule s_media = NativeRule.Where(
        "must be an object with mimeType and either bytesBase64Encoded or gcsUri.", IsMedia);

    private static readonly NativeRule s_bytes = NativeRule.Where(
        "must be an object with mimeType and bytesBase64Encoded.", v => IsMedia(v) && v.Member("gcsUri").ValueKind == JsonValueKind.Undefined);

    private static readonly NativeRule s_storage = NativeRule.Where(
        "must be the address of a folder in Google Cloud Storage, gs://...", v => v.Text() is { } uri && uri.StartsWith("gs://", StringComparison.Ordinal));

    /// <summary>Fields of <c>instances[0]</c>.</summary>
    public static Dictionary<string, NativeRule> Instance(VeoModel model, VeoDialect dialect)
    {
        var media = dialect.IsVertex ? s_media : s_bytes;
        return new Dictionary<string, NativeRule>
        {
            ["image"] = media,
            ["lastFrame"] = model.LastFrame ? media : NativeRule.Never($"is no field of {model.Id}."),
            ["referenceImages"] = model.MaxReferences > 0
                ? NativeRule.Where(
                    $"must be a list of at most {model.MaxReferences} objects with image and referenceType.",
                    v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() is >= 1 and var n && n <= model.MaxReferences
                        && v.Items().All(i => media.Accepts(i.Member("image")) && IsReferenceType(i.Member("referenceType").Text(), model)))
                : NativeRule.Never($"is no field of {model.Id}."),
            ["video"] = !model.Extends ? NativeRule.Never($"is no field of {model.Id}.")
                : dialect.IsVertex ? s_media
                : NativeRule.Where("must be an object with the uri of a video that Veo made.", v => v.Member("uri").Text() is { Length: > 0 }),
            ["mask"] = model.Experimental ? NativeRule.Where("must be an object.", v => v.ValueKind == JsonValueKind.Object)
                : NativeRule.Never($"is no field of {model.Id}."),
        };
    }

    /// <summary>Fields of <c>parameters</c>.</summary>
    public static Dictionary<string, NativeRule> Parameters(VeoModel model, VeoDialect dialect)
    {
        NativeRule Vertex(NativeRule rule) => dialect.IsVertex ? rule : s_vertexOnly;
        return new Dictionary<string, NativeRule>
        {
            ["aspectRatio"] = NativeRule.OneOf("16:9", "9:16"),
            ["resolution"] = model.IsVeo2 ? NativeRule.Never($"is no field of {model.Id}.") : NativeRule.OneOf([.. model.Resolutions]),
            ["durationSeconds"] = NativeRule.Where(
                $"must be {string.Join(", ", model.Seconds)}, or {dialect.ExtensionSeconds} to extend a clip.",
                v => v.Whole() is { } s && (model.Seconds.Any(k => k == s) || s == dialect.ExtensionSeconds)),
            ["sampleCount"] = NativeRule.Whole(1, model.MaxSamples),
            ["seed"] = NativeRule.Whole(0, uint.MaxValue),
            ["negativePrompt"] = NativeRule.Where("must be a text.", v => v.Text() is not null),
            ["personGeneration"] = dialect.IsVertex
                ? NativeRule.OneOf("allow_adult", "dont_allow", "disallow", "allow_all")
                : model.IsVeo2 ? NativeRule.OneOf("allow_all", "allow_adult", "dont_allow") : NativeRule.OneOf("allow_all", "allow_adult"),
            ["generateAudio"] = model.IsVeo2 ? NativeRule.Never($"is no field of {model.Id}.") : Vertex(NativeRule.Flag),
            ["enhancePrompt"] = model.IsVeo2 ? NativeRule.Flag
                : NativeRule.Where($"cannot be switched off at {model.Id}.", v => v.ValueKind == JsonValueKind.True),
            ["compressionQuality"] = Vertex(NativeRule.OneOf("optimized", "lossless", "OPTIMIZED", "LOSSLESS")),
            ["resizeMode"] = model.IsVeo2 ? NativeRule.Never($"is no field of {model.Id}.") : Vertex(NativeRule.OneOf("pad", "crop", "PAD", "CROP")),
            ["storageUri"] = Vertex(s_storage),
            [OtherStorage] = Vertex(s_storage),
            ["fps"] = Vertex(NativeRule.Whole(1, 240)),
            ["pubsubTopic"] = NativeRule.Never("is not sent, since Framegate polls; use callback_url."),
            ["webhookConfig"] = NativeRule.Never("is not sent, since Framegate polls; use callback_url."),
            ["labels"] = Vertex(NativeRule.Where("must be an object of texts.", v => v.ValueKind == JsonValueKind.Object)),
        };
    }

    private static bool IsMedia(JsonElement value) =>
        value.Member("mimeType").Text() is { Length: > 0 }
        && value.Member("bytesBase64Encoded").Text() is { Length: > 0 } != value.Member("gcsUri").Text() is { Length: > 0 };

    private static bool IsReferenceType(string? type, VeoModel model) =>
        type is "asset" or "ASSET" || (model.Experimental && type is "style" or "STYLE");
}
