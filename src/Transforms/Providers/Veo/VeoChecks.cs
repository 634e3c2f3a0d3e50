using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>Which inputs must be there, and which exclude one another.</summary>
internal static class VeoChecks
{
    public static void Require(VeoModel model, VeoDialect dialect, NativeFields instance, NativeFields fields, MappingIssues issues)
    {
        var (image, last, video, references) =
            (instance.Has("image"), instance.Has("lastFrame"), instance.Has("video"), instance.Has("referenceImages"));
        if (!instance.Has("prompt") && (references || !(image || video)) && issues.Refusals.Count == 0)
        {
            issues.Refuse("prompt", references ? $"{model.Id} needs a prompt with reference images." : $"{model.Id} needs a prompt, an image or a clip.");
        }

        if (last && !image && !issues.Refusals.Any(r => r.Field == "parameters.image"))
        {
            issues.Refuse("parameters.last_image", "needs a first frame, parameters.image.");
        }

        if (references && (image || last || video))
        {
            issues.Refuse("parameters.reference_images", $"cannot go with an image or a clip to start from at {model.Id}.");
        }

        if (video && (image || last))
        {
            issues.Refuse("parameters.video", $"cannot go with an image: {model.Id} starts from one or the other.");
        }

        // The Gemini API ties the choice to the inputs; in the EU, UK, CH and MENA only allow_adult is taken.
        if (!dialect.IsVertex && !model.IsVeo2 && (image || last || references) && fields.TextOf("personGeneration") == "allow_all")
        {
            issues.Refuse("parameters.veo.personGeneration", $"must be allow_adult with images for {model.Id}.", ["allow_adult"]);
        }
    }
}
