using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>A unified request as one of Runway's submits.</summary>
internal static class RunwayMapping
{
    public const string Expansion = "promptExpansionMode";
    public const string FrameRate = "targetFramerate";

    /// <summary>One credit, USD (docs.dev.runwayml.com, pricing).</summary>
    public const decimal Credit = 0.01m;

    private const string EndpointSwitch = "endpoint";

    /// <summary>Those that <c>fps</c>, a whole number, can express.</summary>
    public static IReadOnlyList<string> WholeRates => [.. FrameRates.Where(r => !r.Contains('_', StringComparison.Ordinal))];

    public static IReadOnlyList<string> FrameRates { get; } = ["24", "25", "30", "48", "50", "60", "120", "23_98", "29_97", "59_94"];

    public static NativeRequest Build(GenerationRequest request, RunwayModel model, MappingIssues issues)
    {
        var parameters = request.Parameters;
        var extras = NativeExtras.Of(parameters, RunwayAdapter.ProviderName, issues);

        // 1. Which endpoint follows from the inputs, unless the caller names one of those the model has.
        var named = EndpointOf(extras, model, issues);
        var call = model.CallFor(
            parameters.Video is not null || extras.Has("promptVideo") || extras.Has("videoUri"),
            parameters.Image is not null || parameters.LastImage is not null || extras.Has("promptImage"),
            named) ?? model.Calls[0];

        // 2. What the neutral parameters specify.
        var fields = new NativeFields();
        fields.Set("model", model.Id);
        AddPrompt(request, call, model.Info, fields, issues);
        RunwayInputs.Add(parameters, call, model.Info, fields, issues);
        RunwaySizing.Add(parameters, call, model.Info, fields, issues);
        AddRest(parameters, call, model.Info, fields, issues);
        RunwayOutput.Add(request, call, model.Info, fields, issues);
        issues.RejectUnsupported(parameters, model.Info, [.. Supported(parameters, call)]);

        // 3. What the caller adds in the provider's own words.
        extras.MergeInto(fields, RunwayRules.For(call), issues, EndpointSwitch);

        // 4. What the provider insists on, and what must be there in the end.
        if (call.DefaultSize is { } size && !fields.Has("ratio"))
        {
            fields.Set("ratio", size);
        }

        if (call.Lengths?.Default is { } seconds && !fields.Has("duration"))
        {
            fields.Set("duration", seconds);
            if (parameters.Duration is null)
            {
                issues.Warn("parameters.duration", string.Create(CultureInfo.InvariantCulture, $"{model.Id} insists on one; {seconds} seconds were sent."));
            }
        }

        RunwayChecks.Require(request, call, model.Info, fields, extras, issues);
        Estimate(parameters, extras, model, call, fields, issues);
        return NativeRequest.PostJson(call.Path, fields.ToJson());
    }

    private static string? EndpointOf(NativeExtras extras, RunwayModel model, MappingIssues issues)
    {
        if (!extras.Has(EndpointSwitch))
        {
            return null;
        }

        var name = extras.Find(EndpointSwitch).Text();
        if (name is not null && model.Calls.Any(c => c.Endpoint == name))
        {
            return name;
        }

        issues.Refuse(extras.PathOf(EndpointSwitch), $"is no endpoint of {model.Id}.", [.. model.Calls.Select(c => c.Endpoint)]);
        return null;
    }

    private static void AddPrompt(GenerationRequest request, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        if (string.IsNullOrWhiteSpace(request.Prompt))
        {
            return;
        }

        if (call.Prompt == RunwayPrompt.None)
        {
            issues.Warn("prompt", $"{model.Id} takes no text; it was left out.");
        }
        else if (call.MaxPrompt > 0 && request.Prompt.Length > call.MaxPrompt)
        {
            issues.Refuse("prompt", string.Create(CultureInfo.InvariantCulture, $"{model.Id} takes at most {call.MaxPrompt} characters."));
        }
        else
        {
            fields.Set("promptText", request.Prompt);
        }
    }

    private static void AddRest(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        if (call.Seed && parameters.Seed is >= 0 and <= uint.MaxValue and var seed)
        {
            fields.Set("seed", seed);
        }

        if (call.NegativePrompt && parameters.NegativePrompt is { Length: > 0 } negative)
        {
            fields.Set("negativePrompt", negative);
        }

        if (call.Audio && parameters.Audio is { } audio)
        {
            fields.Set("audio", audio);
        }

        if (call.Own.ContainsKey(Expansion) && parameters.EnhancePrompt is { } enhance)
        {
            fields.Set(Expansion, enhance ? "balanced" : "disabled");
        }

        if (call.Own.ContainsKey(FrameRate) && parameters.Fps is { } fps)
        {
            var rate = fps.ToString(CultureInfo.InvariantCulture);
            if (FrameRates.Contains(rate))
            {
                fields.Set(FrameRate, rate);
            }
            else
            {
                issues.Refuse("parameters.fps", $"is no frame rate of {model.Id}.", WholeRates);
            }
        }
    }

    private static IEnumerable<string> Supported(GenerationParameters parameters, RunwayCall call)
    {
        var shaped = call.Sizes.Count > 0 || call.AutoSizes.Count > 0 || call.Shapes.Count > 0;
        string?[] names =
        [
            "n", "output_format", "audio", "voice",
            call.Sizes.Count > 0 || call.Shapes.Count > 0 ? "width" : null,
            call.Sizes.Count > 0 || call.Shapes.Count > 0 ? "height" : null,
            shaped || parameters.AspectRatio == "auto" ? "aspect_ratio" : null,
            call.Sizes.Count > 0 || call.AutoSizes.Count > 0 || call.Resolutions.Count > 0 ? "resolution" : null,
            call.Lengths is not null ? "duration" : null,
            call.Seed || parameters.Seed == -1 ? "seed" : null,
            call.NegativePrompt ? "negative_prompt" : null,
            call.Frames != RunwayFrames.None ? "image" : null,
            call.Frames is RunwayFrames.First or RunwayFrames.FirstLast or RunwayFrames.Positioned ? "last_image" : null,
            call.ReferenceField is not null ? "reference_images" : null,
            call.VideoField is not null ? "video" : null,
            call.Own.ContainsKey(Expansion) ? "enhance_prompt" : null,
            call.Own.ContainsKey(FrameRate) ? "fps" : null,
        ];
        return names.OfType<string>();
    }

    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["n"] = "outputCount", ["duration"] = "duration", ["width"] = "ratio", ["height"] = "ratio", ["resolution"] = "resolution",
    };

    private static void Estimate(
        GenerationParameters parameters, NativeExtras extras, RunwayModel model, RunwayCall call, NativeFields fields, MappingIssues issues)
    {
        var size = fields.TextOf("ratio");
        var known = call.Sizes.FirstOrDefault(s => s.ToString() == size);
        var named = fields.TextOf("resolution") ?? (size?.StartsWith("auto_", StringComparison.Ordinal) == true ? size["auto_".Length..] : null);
        var order = new RunwayOrder
        {
            Seconds = fields.NumberOf("duration"),
            Class = (named is null ? known.Class : PixelSize.ClassName(named)) is { Length: > 0 } sized ? sized : null,
            Audio = fields.FlagOf("audio") ?? true,
            Count = (int)Math.Clamp(fields.NumberOf("outputCount") ?? 1, 1, 100),
            Characters = fields.TextOf("promptText")?.Length ?? 0,
            Images = RunwayInputs.ImagesOf(parameters, extras),
            Sounds = RunwayInputs.SoundsOf(extras),
            Clip = RunwayInputs.HasClip(parameters, extras),
            Quality = fields.TextOf("quality"),
            Plain = fields.TextOf("outputFormat") is null or "mp4",
        };
        var pixels = known.Width > 0 ? known : PixelSize.Parse(size);
        issues.Output = new MappedOutput
        {
            Results = order.Count,
            Seconds = order.Seconds,
            Width = pixels?.Width,
            Height = pixels?.Height,
            Resolution = named,
            Audio = order.Audio,
            NativeNames = s_names,
        };
        var listed = RunwayModels.Of(model.Info).Info.Price;
        issues.EstimatedCost = model.Info.Price is { } price && !ReferenceEquals(price, listed)
            ? ByCatalogue(price, order, fields.TextOf("resolution") ?? order.Class)
            : model.Credits(order) * Credit;
    }

    // A price of the configuration replaces the price list with all its exceptions.
    private static decimal? ByCatalogue(ModelPrice price, RunwayOrder order, string? resolution)
    {
        var bySize = price.PerSecondBySize;
        var perSecond = resolution is null || bySize is null ? null
            : !order.Audio && bySize.TryGetValue(resolution + "-silent", out var silent) ? silent
            : bySize.TryGetValue(resolution, out var sized) ? sized
            : (decimal?)null;
        return (((perSecond ?? price.PerSecond) * (order.Seconds is { } s and >= 0 and <= 3600 ? (decimal)s : null)) ?? price.PerResult) * order.Count;
    }
}
