using System.Text.Json;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Veo;

/// <summary>Turns a submit of Vertex AI into an order (veo.md, B5), or reports what is wrong with it.</summary>
internal static class VeoVertexOrders
{
    private const int ExtensionSeconds = 7;

    public static (VeoOrder? Order, VeoFault? Fault) Read(JsonElement json, VeoModel model)
    {
        var (body, fault) = VeoBody.Open(json, extra: "labels");
        return body is null || (fault = VeoChecks.First(Faults(body, model))) is not null
            ? (null, fault)
            : (new VeoOrder(model, body.Prompt)
            {
                Portrait = body.Parameters.Text("aspectRatio") == "9:16",
                Resolution = body.Parameters.Text("resolution") ?? "720p",
                Samples = body.Parameters.Whole("sampleCount") ?? 1,
                Storage = body.Parameters.Text("storageUri") ?? body.Parameters.Text("gcsOutputDirectory"),
            }, null);
    }

    private static IEnumerable<VeoFault?> Faults(VeoBody body, VeoModel model)
    {
        var parameters = body.Parameters;
        yield return VeoChecks.OnlyKnown(body.Instance, "prompt", "image", "lastFrame", "video", "mask", "referenceImages");

        // gcsOutputDirectory: the AI SDK's name for storageUri.
        yield return VeoChecks.OnlyKnown(parameters,
            "aspectRatio", "resolution", "durationSeconds", "sampleCount", "seed", "negativePrompt", "personGeneration", "generateAudio",
            "enhancePrompt", "compressionQuality", "resizeMode", "storageUri", "gcsOutputDirectory", "fps", "pubsubTopic");
        yield return VeoChecks.Prompt(body);
        yield return VeoChecks.OneOf(parameters, "aspectRatio", "16:9", "9:16");
        yield return VeoChecks.Resolution(body, model);
        yield return body.Has("video") ? ExtensionDuration(body) : VeoChecks.Duration(body, model);
        yield return VeoChecks.Between(parameters, "sampleCount", 1, model.MaxSamples);
        yield return VeoChecks.Between(parameters, "seed", 0, uint.MaxValue);
        yield return VeoChecks.IsText(parameters, "negativePrompt");
        yield return VeoChecks.OneOf(parameters, "personGeneration", "allow_adult", "dont_allow", "disallow", "allow_all");
        yield return model.Generation == 2 && parameters.Member("generateAudio") is not null
            ? VeoFault.Unsupported("generateAudio")
            : VeoChecks.IsFlag(parameters, "generateAudio");
        yield return model.Generation > 2 && parameters.Member("enhancePrompt") is { ValueKind: JsonValueKind.False }
            ? VeoFault.WrongValue("enhancePrompt", "false")
            : VeoChecks.IsFlag(parameters, "enhancePrompt");
        yield return VeoChecks.OneOf(parameters, "compressionQuality", "optimized", "lossless", "OPTIMIZED", "LOSSLESS");
        yield return VeoChecks.OneOf(parameters, "resizeMode", "pad", "crop", "PAD", "CROP");
        yield return parameters.Member("resizeMode") is not null && !(model.Generation > 2 && body.Has("image")) ? VeoFault.Unsupported("resizeMode") : null;
        yield return Bucket(parameters, "storageUri");
        yield return Bucket(parameters, "gcsOutputDirectory");
        yield return VeoChecks.Image(body.Instance.Member("image"), orGcs: true);
        yield return VeoChecks.LastFrame(body, model, orGcs: true);
        yield return VeoChecks.References(body, model, orGcs: true);
        yield return Video(body, model);
        yield return body.Has("mask") && !model.Styles ? VeoFault.Unsupported("mask") : null;
    }

    private static VeoFault? ExtensionDuration(VeoBody body) =>
        body.Parameters.Member("durationSeconds") is null || body.Seconds == ExtensionSeconds
            ? null
            : VeoFault.OutOfBound("durationSeconds", ExtensionSeconds, ExtensionSeconds);

    private static VeoFault? Bucket(JsonElement parameters, string name) =>
        VeoChecks.IsText(parameters, name)
        ?? (parameters.Text(name) is { } uri && !VeoChecks.IsGcs(uri) ? VeoFault.Invalid($"`{name}` must be a Cloud Storage URI that starts with gs://.") : null);

    private static VeoFault? Video(VeoBody body, VeoModel model) =>
        body.Instance.Member("video") is not { } video ? null
        : !model.Extends ? VeoFault.Unsupported("video")
        : VeoChecks.OnlyKnown(video, "gcsUri", "bytesBase64Encoded", "mimeType") is { } unknown ? unknown
        : body.Has("image") || body.Has("lastFrame") ? VeoFault.UseCase
        : video.Text("mimeType") != "video/mp4" ? VeoFault.Invalid("Unsupported video mime type. Supported is video/mp4.")
        : video.Text("gcsUri") is { } uri ? (VeoChecks.IsGcs(uri) ? null : VeoFault.Invalid("`gcsUri` must start with gs://."))
        : video.Text("bytesBase64Encoded") is { Length: > 0 } text && Media.ImageProbe.FromBase64(text) is not null ? null
        : VeoFault.Invalid("A video needs either `bytesBase64Encoded` or `gcsUri`.");
}
