using System.Text.Json;
using System.Text.RegularExpressions;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Veo;

/// <summary>Turns a submit of the Gemini Developer API into an order (veo.md, A5), or reports what is wrong with it.</summary>
internal sealed partial class VeoGeminiOrders(JobStore<VeoJob> jobs, TimeProvider time)
{
    public (VeoOrder? Order, VeoFault? Fault) Read(JsonElement json, VeoModel model)
    {
        var (body, fault) = VeoBody.Open(json, extra: "webhookConfig");
        return body is null || (fault = VeoChecks.First(Faults(body, json, model))) is not null
            ? (null, fault)
            : (new VeoOrder(model, body.Prompt)
            {
                Portrait = body.Parameters.Text("aspectRatio") == "9:16",
                Resolution = body.Parameters.Text("resolution") ?? "720p",
                Samples = body.Parameters.Whole("sampleCount") ?? 1,
            }, null);
    }

    /// <summary>The file id in an address of ours, whatever host and encoding it came back with.</summary>
    public static string? FileId(string uri) => FilePath().Match(uri) is { Success: true } match ? match.Groups["id"].Value : null;

    private IEnumerable<VeoFault?> Faults(VeoBody body, JsonElement json, VeoModel model)
    {
        var parameters = body.Parameters;
        yield return VeoChecks.OnlyKnown(body.Instance, "prompt", "image", "lastFrame", "referenceImages", "video");

        // What Vertex alone has (generateAudio, storageUri and so on) and the literal numberOfVideos fall here.
        yield return VeoChecks.OnlyKnown(parameters,
            "aspectRatio", "resolution", "durationSeconds", "negativePrompt", "personGeneration", "sampleCount", "seed", "enhancePrompt");
        yield return VeoChecks.Prompt(body);
        yield return VeoChecks.OneOf(parameters, "aspectRatio", "16:9", "9:16");
        yield return VeoChecks.Resolution(body, model);
        yield return VeoChecks.Duration(body, model);
        yield return VeoChecks.IsText(parameters, "negativePrompt");
        yield return model.RefusesNegativePrompt && parameters.Member("negativePrompt") is not null
            ? VeoFault.Invalid("`negativePrompt` isn't supported by this model.")
            : null;
        yield return VeoChecks.Between(parameters, "sampleCount", 1, model.MaxSamples);
        yield return VeoChecks.Between(parameters, "seed", 0, uint.MaxValue);
        yield return VeoChecks.IsFlag(parameters, "enhancePrompt");
        yield return VeoChecks.Image(body.Instance.Member("image"), orGcs: false);
        yield return VeoChecks.LastFrame(body, model, orGcs: false);
        yield return VeoChecks.References(body, model, orGcs: false);
        yield return Video(body, model);
        yield return PersonGeneration(body, model);
        yield return parameters.Text("resolution") is "1080p" or "4k" && body.Seconds is not (null or 8) ? VeoFault.UseCase : null;
        yield return Webhook(json);
    }

    /// <summary>Veo 3 allows everybody from text and adults only from images; the rules of Europe are not stood in for.</summary>
    private static VeoFault? PersonGeneration(VeoBody body, VeoModel model)
    {
        var fromImages = body.Has("image") || body.Has("lastFrame") || body.Has("referenceImages");
        return VeoChecks.OneOf(body.Parameters, "personGeneration",
            model.Generation == 2 ? ["allow_all", "allow_adult", "dont_allow"] : fromImages ? ["allow_adult"] : ["allow_all"]);
    }

    /// <summary>An extension: of a clip that was made here and is still kept, in 720p.</summary>
    private VeoFault? Video(VeoBody body, VeoModel model)
    {
        if (body.Instance.Member("video") is not { } video)
        {
            return null;
        }

        if (!model.Extends)
        {
            return VeoFault.Unsupported("video");
        }

        if (VeoChecks.OnlyKnown(video, "uri") is { } unknown)
        {
            return unknown;
        }

        if (body.Has("image") || body.Has("lastFrame") || body.Seconds is not (null or 8) || body.Parameters.Text("resolution") is not (null or "720p"))
        {
            return VeoFault.UseCase;
        }

        return video.Text("uri") is { } uri && FileId(uri) is { Length: > 1 } id && jobs.TryGet(id[..^1], out var job)
            && job.Timeline.SucceededBy(time.GetUtcNow())
            ? null
            : VeoFault.Invalid("The input video must be one that Veo generated and that is still stored.");
    }

    private static VeoFault? Webhook(JsonElement json)
    {
        if (json.Member("webhookConfig") is not { } hook)
        {
            return null;
        }

        return hook.Member("uris") is { ValueKind: JsonValueKind.Array } uris
            && uris.EnumerateArray().All(u => u.ValueKind == JsonValueKind.String && Uri.TryCreate(u.GetString(), UriKind.Absolute, out _))
            ? null
            : VeoFault.WrongType("webhookConfig.uris", "a list of URLs");
    }

    [GeneratedRegex("(^|.*files/)(?<id>[a-z0-9]+)(:download|$)", RegexOptions.CultureInvariant)]
    private static partial Regex FilePath();
}
