using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>A unified request as the input of an endpoint. fal checks it late, in the runner, and may charge for a refusal: whatever is
/// documented is checked here.</summary>
internal static class PikaMapping
{
    private static readonly string[] s_webhooks = ["fal_webhook", "webhook_url"];

    public static ReadOnlyMemory<byte> Build(GenerationRequest request, PikaModel model, MappingIssues issues)
    {
        var parameters = request.Parameters;
        var extras = NativeExtras.Of(parameters, PikaAdapter.ProviderName, issues);
        var fields = new NativeFields();

        // 1. What the neutral parameters specify.
        if (!string.IsNullOrWhiteSpace(request.Prompt))
        {
            fields.Set("prompt", request.Prompt);
        }

        var images = PikaInputs.Add(parameters, model, fields, issues);
        PikaSizing.Add(parameters, model, fields, issues);
        PikaSizing.AddLength(parameters, model, images, fields, issues);
        AddRest(request, model, fields, issues);
        issues.RejectUnsupported(parameters, model.Info, [.. Supported(parameters, model)]);

        // 2. What the caller adds in the provider's own words.
        var rules = RulesOf(model);
        Warn(extras, rules, model, parameters, issues);
        extras.MergeInto(fields, rules, issues);

        // 3. What must be there in the end, and what it will cost.
        Require(model, images, fields, extras, issues);
        issues.Output = PikaSizing.Described(parameters, model, fields, extras, images);
        issues.EstimatedCost = PikaSizing.Price(model, issues.Output);
        return fields.ToJson();
    }

    private static void AddRest(GenerationRequest request, PikaModel model, NativeFields fields, MappingIssues issues)
    {
        var parameters = request.Parameters;
        if (request.MediaType != MediaType.Video)
        {
            issues.Refuse("media_type", $"{model.Id} makes video only.", ["video"]);
        }

        if (parameters.N is not (null or 1))
        {
            issues.Refuse("parameters.n", $"{model.Id} makes one clip per call.", ["1"]);
        }

        if (parameters.Audio == true)
        {
            issues.Refuse("parameters.audio", $"{model.Id} makes silent clips only.", ["false"]);
        }

        if (parameters.OutputFormat is not (null or "mp4"))
        {
            issues.Refuse("parameters.output_format", $"{model.Id} makes MP4 only.", ["mp4"]);
        }

        if (parameters.Seed is >= 0 and <= uint.MaxValue and var seed)
        {
            fields.Set("seed", seed);
        }

        if (parameters.NegativePrompt is { } negative)
        {
            // An empty one switches the provider's own off.
            fields.Set("negative_prompt", negative);
        }
    }

    private static IEnumerable<string> Supported(GenerationParameters parameters, PikaModel model)
    {
        string?[] names =
        [
            "n", "audio", "output_format", "seed", "negative_prompt",
            model.TakesRatio ? "width" : null,
            model.TakesRatio ? "height" : null,
            model.TakesRatio || parameters.AspectRatio == "auto" ? "aspect_ratio" : null,
            model.TakesResolution ? "resolution" : null,
            model.Length != PikaLength.None ? "duration" : null,
            model.Images != PikaImages.None ? "image" : null,
            model.Images is PikaImages.Ingredients or PikaImages.Frames ? "reference_images" : null,
            model.Images == PikaImages.Frames ? "last_image" : null,
            model.TakesVideo ? "video" : null,
        ];
        return names.OfType<string>();
    }

    private static Dictionary<string, NativeRule> RulesOf(PikaModel model)
    {
        var rules = new Dictionary<string, NativeRule>
        {
            ["seed"] = NativeRule.Whole(0, uint.MaxValue),
            ["negative_prompt"] = NativeRule.Where("must be a text.", v => v.Text() is not null),
        };
        foreach (var name in s_webhooks)
        {
            rules[name] = NativeRule.Never("is not sent, since Framegate polls; use callback_url.");
        }

        if (model.TakesRatio)
        {
            rules["aspect_ratio"] = NativeRule.OneOf([.. PikaModels.Ratios]);
        }

        if (model.TakesResolution)
        {
            rules["resolution"] = NativeRule.OneOf([.. PikaModels.Resolutions]);
        }

        if (model.Length is PikaLength.FiveOrTen)
        {
            rules["duration"] = NativeRule.Where("must be 5 or 10 seconds.", v => v.Number() is 5 or 10 || v.Text() is "5" or "10");
        }
        else if (model.Length is PikaLength.Any)
        {
            rules["duration"] = NativeRule.Where("must be a number of seconds.", v => v.Number() is > 0 and <= 3600);
        }

        if (model.Images is PikaImages.One or PikaImages.Optional)
        {
            rules["image_url"] = NativeRule.Text;
        }
        else if (model.Images is PikaImages.Ingredients or PikaImages.Frames)
        {
            rules["image_urls"] = NativeRule.Where(
                "must be a list of texts.",
                v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() > 0 && v.Items().All(i => i.Text() is { Length: > 0 }));
        }

        if (model.TakesVideo)
        {
            rules["video_url"] = NativeRule.Text;
        }

        foreach (var (name, rule) in model.Own)
        {
            rules[name] = rule;
        }

        return rules;
    }

    // fal leaves out what it does not know without a word, so a misspelt field would be paid for.
    private static void Warn(
        NativeExtras extras, Dictionary<string, NativeRule> rules, PikaModel model, GenerationParameters parameters, MappingIssues issues)
    {
        if (!model.SchemaKnown || !parameters.Native.TryGetValue(PikaAdapter.ProviderName, out var block) || block.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in block.EnumerateObject())
        {
            if (property.Name() is { } name && name != "prompt" && !rules.ContainsKey(name))
            {
                issues.Warn(extras.PathOf(name), $"is not documented for {model.Id}; it was sent as it is.");
            }
        }
    }

    private static void Require(PikaModel model, int images, NativeFields fields, NativeExtras extras, MappingIssues issues)
    {
        if (model.PromptRequired && !fields.Has("prompt"))
        {
            issues.Refuse("prompt", $"{model.Id} needs a prompt.");
        }

        if (model.Images is PikaImages.One && !fields.Has("image_url"))
        {
            Missing("parameters.image", issues, model);
        }

        if (model.Images is PikaImages.Ingredients && !fields.Has("image_urls"))
        {
            Missing("parameters.reference_images", issues, model);
        }

        if (model.TakesVideo && !fields.Has("video_url"))
        {
            Missing("parameters.video", issues, model);
        }

        if (model.Own.ContainsKey("pikaffect") && !fields.Has("pikaffect") && !issues.Refusals.Any(r => r.Field == extras.PathOf("pikaffect")))
        {
            issues.Refuse(extras.PathOf("pikaffect"), $"{model.Id} needs one.", PikaModels.Effects);
        }

        if (model.Images == PikaImages.Frames)
        {
            RequireFrames(model, PikaInputs.FrameCount(images, extras), extras, issues);
        }
    }

    private static void RequireFrames(PikaModel model, int count, NativeExtras extras, MappingIssues issues)
    {
        if (count is < 2 or > 5)
        {
            if (!issues.Refusals.Any(r => r.Field.StartsWith("parameters.", StringComparison.Ordinal) && r.Field.Contains("image", StringComparison.Ordinal)))
            {
                issues.Refuse("parameters.image", string.Create(
                    CultureInfo.InvariantCulture, $"{model.Id} needs 2 to 5 key frames; image, reference_images and last_image make {count}."));
            }

            return;
        }

        var transitions = extras.Find("transitions");
        if (transitions.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        if (transitions.GetArrayLength() != count - 1)
        {
            issues.Refuse(extras.PathOf("transitions"), string.Create(
                CultureInfo.InvariantCulture, $"must be {count - 1} for {count} key frames."));
        }
        else if (PikaSizing.Sum(transitions) > PikaModels.MaxTransitions)
        {
            issues.Refuse(extras.PathOf("transitions"), string.Create(
                CultureInfo.InvariantCulture, $"must be at most {PikaModels.MaxTransitions} seconds together."));
        }
    }

    private static void Missing(string field, MappingIssues issues, PikaModel model)
    {
        if (!issues.Refusals.Any(r => r.Field.StartsWith(field, StringComparison.Ordinal)))
        {
            issues.Refuse(field, $"{model.Id} needs one.");
        }
    }
}
