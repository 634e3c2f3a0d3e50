using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>A unified request as the body of <c>:predictLongRunning</c>, the same for both APIs but for what <see cref="VeoDialect"/> specifies.</summary>
internal static class VeoMapping
{
    // The length that both APIs make when a request specifies none.
    private const int DefaultSeconds = 8;

    private const int ExtensionAdds = 7;

    public static ReadOnlyMemory<byte> Build(GenerationRequest request, VeoModel model, VeoDialect dialect, MappingIssues issues)
    {
        var parameters = request.Parameters;
        var extras = NativeExtras.Of(parameters, VeoDialect.Extras, issues);
        var (instance, fields, body) = (new NativeFields(), new NativeFields(), new NativeFields());

        // 1. What the neutral parameters specify.
        if (!string.IsNullOrWhiteSpace(request.Prompt))
        {
            instance.Set("prompt", request.Prompt);
        }

        VeoInputs.Add(parameters, model, dialect, instance, issues);
        VeoSizing.Add(parameters, model, fields, issues);
        VeoSizing.AddLength(parameters, model, dialect, parameters.Video is not null || extras.Has("video"), fields, issues);
        AddRest(request, model, dialect, fields, issues);
        issues.RejectUnsupported(parameters, model.Info, [.. Supported(model)]);

        // 2. What the caller adds in the provider's own words.
        var inInstance = VeoRules.Instance(model, dialect);
        var rules = VeoRules.Parameters(model, dialect);
        foreach (var (name, rule) in inInstance)
        {
            rules[name] = rule;
        }

        extras.MergeInto(
            name => name == "prompt" || inInstance.ContainsKey(name) ? instance : name == "labels" ? body : fields,
            rules,
            issues,
            VeoRules.OtherStorage);
        AddStorage(extras, rules, fields, issues);
        if (instance.Has("video") && dialect.IsVertex && !fields.Has("durationSeconds"))
        {
            fields.Set("durationSeconds", dialect.ExtensionSeconds);
        }

        // 3. What goes together, and what it will cost.
        VeoChecks.Require(model, dialect, instance, fields, issues);
        VeoSizing.Check(model, dialect, instance, fields, issues);
        Estimate(model, dialect, instance, fields, issues);
        body.SetSingle("instances", instance);
        if (fields.Count > 0)
        {
            body.Set("parameters", fields);
        }

        return body.ToJson();
    }

    private static void AddRest(GenerationRequest request, VeoModel model, VeoDialect dialect, NativeFields fields, MappingIssues issues)
    {
        var parameters = request.Parameters;
        if (request.MediaType != MediaType.Video)
        {
            issues.Refuse("media_type", $"{model.Id} makes video only.", ["video"]);
        }

        if (parameters.N is { } n)
        {
            if (n >= 1 && n <= model.MaxSamples)
            {
                fields.Set("sampleCount", n);
            }
            else
            {
                issues.Refuse(
                    "parameters.n",
                    string.Create(CultureInfo.InvariantCulture, $"{model.Id} makes at most {model.MaxSamples} per call."),
                    [.. Enumerable.Range(1, model.MaxSamples).Select(i => i.ToString(CultureInfo.InvariantCulture))]);
            }
        }

        if (parameters.Seed is >= 0 and <= uint.MaxValue and var seed)
        {
            fields.Set("seed", seed);
        }

        if (parameters.NegativePrompt is { Length: > 0 } negative)
        {
            fields.Set("negativePrompt", negative);
        }

        AddSound(parameters, model, dialect, fields, issues);
        if (parameters.EnhancePrompt is { } enhance)
        {
            AddEnhance(enhance, model, dialect, fields, issues);
        }

        if (parameters.OutputFormat is not (null or "mp4"))
        {
            issues.Refuse("parameters.output_format", $"{model.Id} makes MP4 only.", ["mp4"]);
        }

        if (parameters.Fps is not (null or 24))
        {
            issues.Refuse("parameters.fps", $"{model.Id} makes 24 frames per second only.", ["24"]);
        }
    }

    private static void AddSound(GenerationParameters parameters, VeoModel model, VeoDialect dialect, NativeFields fields, MappingIssues issues)
    {
        if (parameters.Audio is not { } audio)
        {
            return;
        }

        if (model.IsVeo2)
        {
            if (audio)
            {
                issues.Refuse("parameters.audio", $"{model.Id} makes silent clips only.", ["false"]);
            }
        }
        else if (dialect.IsVertex)
        {
            fields.Set("generateAudio", audio);
        }
        else if (!audio)
        {
            issues.Refuse("parameters.audio", $"{model.Id} always makes sound on the Gemini API.", ["true"]);
        }
    }

    private static void AddEnhance(bool enhance, VeoModel model, VeoDialect dialect, NativeFields fields, MappingIssues issues)
    {
        if (model.IsVeo2 || (enhance && dialect.IsVertex))
        {
            fields.Set("enhancePrompt", enhance);
        }
        else if (!enhance)
        {
            issues.Warn("parameters.enhance_prompt", $"{model.Id} always rewrites the prompt; it was left out.");
        }
    }

    // The Vercel AI SDK's name for the same field.
    private static void AddStorage(NativeExtras extras, Dictionary<string, NativeRule> rules, NativeFields fields, MappingIssues issues)
    {
        if (!extras.Has(VeoRules.OtherStorage))
        {
            return;
        }

        var value = extras.Find(VeoRules.OtherStorage);
        if (!rules[VeoRules.OtherStorage].Accepts(value))
        {
            issues.Refuse(extras.PathOf(VeoRules.OtherStorage), rules[VeoRules.OtherStorage].Message);
        }
        else if (fields.Has("storageUri"))
        {
            issues.Refuse(extras.PathOf(VeoRules.OtherStorage), "is set by the rest of the request already.");
        }
        else
        {
            fields.Set("storageUri", value);
        }
    }

    private static IEnumerable<string> Supported(VeoModel model)
    {
        string?[] names =
        [
            "width", "height", "aspect_ratio", "resolution", "duration", "n", "fps", "seed", "negative_prompt", "image", "output_format", "audio",
            "enhance_prompt",
            model.LastFrame ? "last_image" : null,
            model.MaxReferences > 0 ? "reference_images" : null,
            model.Extends ? "video" : null,
        ];
        return names.OfType<string>();
    }

    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["n"] = "sampleCount", ["duration"] = "durationSeconds", ["resolution"] = "resolution",
    };

    private static void Estimate(VeoModel model, VeoDialect dialect, NativeFields instance, NativeFields fields, MappingIssues issues)
    {
        var resolution = fields.TextOf("resolution") ?? "720p";
        var size = VeoSizing.SizeOf(resolution, fields.TextOf("aspectRatio"));
        var made = new MappedOutput
        {
            Results = Math.Clamp(fields.NumberOf("sampleCount") ?? 1, 1, 16),
            Seconds = instance.Has("video") ? ExtensionAdds : Math.Clamp(fields.NumberOf("durationSeconds") ?? DefaultSeconds, 0, 60),
            Width = size?.Width,
            Height = size?.Height,
            Resolution = resolution,
            Audio = !model.IsVeo2 && (!dialect.IsVertex || (fields.FlagOf("generateAudio") ?? true)),
            NativeNames = s_names,
        };
        issues.Output = made;
        issues.EstimatedCost = VeoModels.PerSecond(model, resolution, made.Audio ?? false) * (decimal)made.Seconds * (decimal)made.Results;
    }
}
