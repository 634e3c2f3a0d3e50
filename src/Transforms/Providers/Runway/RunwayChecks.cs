using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>What must be there in the end, and what does not go together (npm <c>@runwayml/sdk</c> 4.20.1, notes of the fields).</summary>
internal static class RunwayChecks
{
    public static void Require(
        GenerationRequest request, RunwayCall call, ModelInfo model, NativeFields fields, NativeExtras extras, MappingIssues issues)
    {
        var silent = string.IsNullOrWhiteSpace(request.Prompt) && !fields.Has("promptText");
        if (call.Prompt == RunwayPrompt.Required && silent)
        {
            Missing("prompt", $"{model.Id} needs a prompt.", issues);
        }

        RequireInputs(call, model, fields, issues);
        if (call.Voice == RunwayVoice.Preset && !fields.Has("voice"))
        {
            Missing("parameters.voice", $"{model.Id} needs one.", issues, RunwayAudioModels.Voices);
        }

        if (call.Own.ContainsKey(RunwayMapping.FrameRate) && !fields.Has(RunwayMapping.FrameRate))
        {
            Missing("parameters.fps", $"{model.Id} needs it.", issues, RunwayMapping.WholeRates);
        }

        if (fields.Has("proresProfile") && fields.TextOf("outputFormat") is not ("prores" or "hdr_prores"))
        {
            issues.Refuse(extras.PathOf("proresProfile"), "goes with outputFormat prores or hdr_prores only.");
        }

        if (fields.FlagOf("edit") == true && call.ReferenceField is not null && !fields.Has(call.ReferenceField))
        {
            issues.Refuse(extras.PathOf("edit"), "needs an image to edit.");
        }

        if (model.Id == "grok_imagine_1_5" && fields.Has("references") && fields.TextOf("resolution") == "1080p")
        {
            issues.Refuse("parameters.resolution", "is at most 720p with images to resemble.", ["480p", "720p"]);
        }

        if (fields.TextOf("ratio") == "adaptive" && call.Endpoint == "text_to_video" && !fields.Has("references") && !fields.Has("referenceVideos"))
        {
            issues.Refuse(extras.PathOf("ratio"), "must be a shape when there is nothing to adapt to.", call.Shapes);
        }

        if (model.Id == "seedance2_5" && fields.TextOf("mode") is "extend" or "edit")
        {
            RequireForMode(fields, silent, extras, issues);
        }
    }

    private static void RequireInputs(RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        var image = call.Frames switch
        {
            RunwayFrames.First or RunwayFrames.FirstLast or RunwayFrames.Positioned => "promptImage",
            RunwayFrames.Plain => "imageUri",
            RunwayFrames.Character => "character",
            _ => null,
        };
        if (image is not null && !fields.Has(image))
        {
            Missing("parameters.image", $"{model.Id} needs one.", issues);
        }

        if (call.VideoField is { } video && !fields.Has(video))
        {
            Missing("parameters.video", $"{model.Id} needs one.", issues);
        }

        if (call.ReferencesRequired && !fields.Has(call.ReferenceField!))
        {
            Missing("parameters.reference_images", $"{model.Id} needs 1 to {call.MaxReferences}.", issues);
        }
    }

    private static void RequireForMode(NativeFields fields, bool silent, NativeExtras extras, MappingIssues issues)
    {
        var mode = fields.TextOf("mode");
        if (silent)
        {
            Missing("prompt", $"is needed to {mode} a clip.", issues);
        }

        if (fields.Has("ratio"))
        {
            issues.Refuse(extras.PathOf("mode"), $"{mode} keeps the shape of the clip, so none can be given.");
        }

        if (mode != "edit")
        {
            return;
        }

        if (!fields.Has("duration"))
        {
            fields.Set("duration", "auto");
        }
        else if (fields.TextOf("duration") != "auto")
        {
            issues.Refuse("parameters.duration", "cannot be chosen when a clip is edited.");
        }
    }

    // What was given and refused is not missing.
    private static void Missing(string field, string message, MappingIssues issues, IReadOnlyList<string>? allowed = null)
    {
        if (!issues.Refusals.Any(r => r.Field == field || r.Field.StartsWith(field + "[", StringComparison.Ordinal)))
        {
            issues.Refuse(field, message, allowed);
        }
    }
}
