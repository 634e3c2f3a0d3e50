using System.Collections.Frozen;
using System.Text.Json;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>What is known about the native fields of each model.</summary>
internal static class FluxRules
{
    /// <summary>The four fields that set how far to expand an image, pixels.</summary>
    public static IReadOnlyList<string> Sides { get; } = ["top", "bottom", "left", "right"];

    // With a webhook the submit answer has no polling_url, and a webhook that is lost is lost for good.
    private static readonly NativeRule s_webhook = NativeRule.Never("is not sent, since Framegate polls; use callback_url.");

    public static IReadOnlyDictionary<string, NativeRule> For(FluxModel model, IReadOnlyDictionary<string, NativeRule> own)
    {
        var rules = new Dictionary<string, NativeRule>(own)
        {
            ["webhook_url"] = s_webhook,
            ["webhook_secret"] = s_webhook,
            ["safety_tolerance"] = NativeRule.Whole(0, model.MaxSafety),
        };
        if (model.Id == FluxModels.Video)
        {
            AddVideo(rules);
        }
        else
        {
            AddImage(rules, model);
        }

        return rules.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static void AddImage(Dictionary<string, NativeRule> rules, FluxModel model)
    {
        rules["seed"] = NativeRule.Whole(int.MinValue, uint.MaxValue);
        rules["output_format"] = NativeRule.OneOf("jpeg", "png", "webp");
        if (model.Grid is { } grid)
        {
            rules["width"] = rules["height"] = NativeRule.Whole(grid.Min, grid.Max, grid.Step);
        }

        if (model.Ratios is [var widest, .., var narrowest])
        {
            rules["aspect_ratio"] = NativeRule.Where(
                $"must be W:H, {narrowest} to {widest}.", v => v.Text() is { } text && AspectRatio.Parse(text) is { } shape && shape.Value >= narrowest.Value && shape.Value <= widest.Value);
        }

        if (model.Steps is { } steps)
        {
            rules["steps"] = NativeRule.Whole((long)steps.Min, (long)steps.Max);
        }

        if (model.Guidance is { } guidance)
        {
            rules["guidance"] = NativeRule.Number(guidance.Min, guidance.Max);
        }

        if (model.Upsampling)
        {
            rules["prompt_upsampling"] = NativeRule.Flag;
        }

        if (model.TakesStrength)
        {
            rules["image_prompt_strength"] = NativeRule.Number(0, 1);
        }

        foreach (var required in model.Required)
        {
            rules[required.Native] = NativeRule.Text;
        }

        if (rules.ContainsKey("finetune_id"))
        {
            rules["finetune_strength"] = NativeRule.Number(0, 2);
        }
    }

    private static void AddVideo(Dictionary<string, NativeRule> rules)
    {
        rules["mode"] = NativeRule.OneOf([.. FluxVideoMode.Names]);
        rules["aspect_ratio"] = NativeRule.OneOf("auto", "21:9", "2:1", "16:9", "4:3", "1:1", "3:4", "9:16");
        rules["duration"] = NativeRule.Either(NativeRule.Whole(FluxVideoMapping.Shortest, FluxVideoMapping.Longest), NativeRule.OneOf("auto"));
        rules["resolution"] = NativeRule.OneOf("hd", "fhd");
        rules["generate_audio"] = NativeRule.Flag;
        rules["version"] = NativeRule.Text;
        rules["draft"] = NativeRule.Flag;
        rules["batch"] = NativeRule.Whole(1, 4);
        rules["keyframes"] = NativeRule.Where("must be a list of 1 to 10 images, each a text or [seconds, text].", AreKeyframes);
        rules["start_video"] = NativeRule.Text;
        rules["draft_cache"] = NativeRule.Text;
    }

    private static bool AreKeyframes(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is >= 1 and <= 10 && value.Items().All(IsKeyframe);

    private static bool IsKeyframe(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
        || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2
            && value[0].Number() is >= 0 && value[1].ValueKind == JsonValueKind.String);
}
