using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>A unified request as a submit to one of the image models.</summary>
internal static class FluxMapping
{
    private static readonly string[] s_formats = ["png", "jpeg", "webp"];

    public static ReadOnlyMemory<byte> Build(GenerationRequest request, FluxModel model, MappingIssues issues)
    {
        var parameters = request.Parameters;
        var fields = new NativeFields();
        var extras = NativeExtras.Of(parameters, FluxAdapter.ProviderName, issues);

        // 1. What the neutral parameters specify.
        fields.Set("prompt", request.Prompt);
        FluxInputs.Add(parameters, model, fields, issues);
        FluxSizing.Add(parameters, model, fields, issues);
        AddSampler(parameters, model, fields, issues);
        AddOutput(parameters, model, fields, issues);
        issues.RejectUnsupported(parameters, model.Info, [.. Supported(parameters, model)]);

        // 2. What the caller adds in the provider's own words.
        extras.MergeInto(fields, model.Rules, issues);
        WarnOfUnknown(parameters, model, extras, issues);

        // 3. What must be there in the end, what it makes, and what that costs.
        Require(request, model, fields, extras, issues);
        issues.Output = model.Grid is null ? new MappedOutput() : FluxSizing.Described(fields, model);
        issues.EstimatedCost = FluxPrices.Of(issues.Output, FluxInputs.CountOf(fields, model), model);
        return fields.ToJson();
    }

    /// <summary>Checks what all models have in common.</summary>
    public static void CheckCommon(GenerationRequest request, FluxModel model, MappingIssues issues)
    {
        if (request.MediaType != model.Info.MediaType)
        {
            var made = model.Info.MediaType == MediaType.Video ? "video" : "image";
            issues.Refuse("media_type", $"{model.Id} makes {made} only.", [made]);
        }

        if (request.Parameters.N is { } n and not 1)
        {
            issues.Refuse("parameters.n", string.Create(CultureInfo.InvariantCulture, $"{model.Id} makes one result per call, not {n}."), ["1"]);
        }
    }

    public static void AddSafety(GenerationParameters parameters, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        if (parameters.Safety is not { } safety)
        {
            return;
        }

        // 6, "relaxed", is the most tolerant there is, whatever the model's own scale.
        if (safety >= 0 && (safety <= model.MaxSafety || safety == 6))
        {
            fields.Set("safety_tolerance", Math.Min(safety, model.MaxSafety));
            if (safety > model.MaxSafety)
            {
                issues.Warn("parameters.safety", string.Create(CultureInfo.InvariantCulture, $"{model.Id} is most tolerant at {model.MaxSafety}; that was sent."));
            }
        }
        else
        {
            issues.Refuse(
                "parameters.safety",
                string.Create(CultureInfo.InvariantCulture, $"must be 0 to {model.MaxSafety} for {model.Id}."),
                [.. Enumerable.Range(0, model.MaxSafety + 1).Select(v => v.ToString(CultureInfo.InvariantCulture))]);
        }
    }

    /// <summary>Fields that this model does not read are paid for and dropped, as far as anyone knows.</summary>
    private static void WarnOfUnknown(GenerationParameters parameters, FluxModel model, NativeExtras extras, MappingIssues issues)
    {
        if (!parameters.Native.TryGetValue(FluxAdapter.ProviderName, out var block) || block.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in block.EnumerateObject())
        {
            if (property.Name() is { } name && name is not "prompt" && !model.Rules.ContainsKey(name) && !FluxInputs.IsInput(name, model))
            {
                issues.Warn(extras.PathOf(name), $"is not documented for {model.Id}; it was sent as it is.");
            }
        }
    }

    private static void AddSampler(GenerationParameters parameters, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        if (parameters.Seed is { } seed and not -1)
        {
            fields.Set("seed", seed);
        }

        if (parameters.Steps is { } steps && model.Steps is { } stepRange && InRange("parameters.steps", steps, stepRange, model, issues))
        {
            fields.Set("steps", (long)steps);
        }

        if (parameters.Guidance is { } guidance && model.Guidance is { } range && InRange("parameters.guidance", guidance, range, model, issues))
        {
            fields.Set("guidance", guidance);
        }

        if (parameters.Strength is { } strength && model.TakesStrength && InRange("parameters.strength", strength, new Bounds(0, 1), model, issues))
        {
            fields.Set("image_prompt_strength", strength);
        }

        if (parameters.EnhancePrompt is { } enhance && model.Upsampling)
        {
            fields.Set("prompt_upsampling", enhance);
        }
    }

    private static void AddOutput(GenerationParameters parameters, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        AddSafety(parameters, model, fields, issues);
        var format = parameters.OutputFormat == "jpg" ? "jpeg" : parameters.OutputFormat;
        if (format is null)
        {
            return;
        }

        if (s_formats.Contains(format, StringComparer.Ordinal))
        {
            fields.Set("output_format", format);
        }
        else
        {
            issues.Refuse("parameters.output_format", $"is no format of {model.Id}.", s_formats);
        }
    }

    private static bool InRange(string field, double value, Bounds range, FluxModel model, MappingIssues issues)
    {
        if (range.Holds(value))
        {
            return true;
        }

        issues.Refuse(field, string.Create(CultureInfo.InvariantCulture, $"must be {range.Min} to {range.Max} for {model.Id}."), Ranges.Of(range.Min, range.Max));
        return false;
    }

    // "n" is checked with the common rules; "resolution" has no field here and is refused.
    private static IEnumerable<string> Supported(GenerationParameters parameters, FluxModel model)
    {
        string?[] names =
        [
            "n", "seed", "safety", "output_format",
            model.Grid is not null || model.Ratios.Count > 0 ? "width" : null,
            model.Grid is not null || model.Ratios.Count > 0 ? "height" : null,
            model.Grid is not null || model.Ratios.Count > 0 || parameters.AspectRatio == "auto" ? "aspect_ratio" : null,
            model.ImageField is not null ? "image" : null,
            model.ImageField is not null and not "image" ? "reference_images" : null,
            model.TakesMask ? "mask" : null,
            model.TakesControlImage ? "control_image" : null,
            model.TakesStrength ? "strength" : null,
            model.Upsampling ? "enhance_prompt" : null,
            model.Steps is not null ? "steps" : null,
            model.Guidance is not null ? "guidance" : null,
        ];
        return names.OfType<string>();
    }

    private static void Require(
        GenerationRequest request, FluxModel model, NativeFields fields, NativeExtras extras, MappingIssues issues)
    {
        var empty = string.IsNullOrWhiteSpace(request.Prompt);
        if (empty && (model.Prompt == FluxPrompt.Required || (model.Prompt == FluxPrompt.OrImagePrompt && !fields.Has("image_prompt"))))
        {
            issues.Refuse("prompt", model.Prompt == FluxPrompt.Required
                ? $"{model.Id} needs a prompt."
                : $"{model.Id} needs a prompt or an image.");
        }

        FluxSizing.CheckArea(fields, model, extras, issues);
        foreach (var required in model.Required)
        {
            var present = fields.Has(required.Native) || (required.OrNative is { } other && fields.Has(other));
            if (!present && !issues.Refusals.Any(r => r.Field == required.Path))
            {
                issues.Refuse(required.Path, $"{model.Id} needs it.");
            }
        }

        if (model.Rules.ContainsKey("top") && !FluxRules.Sides.Any(side => extras.Find(side).Whole() is > 0))
        {
            issues.Refuse("parameters.flux.top", $"{model.Id} needs top, bottom, left or right above 0.");
        }
    }
}
