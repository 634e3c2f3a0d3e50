using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>FLUX 3 for images: a shape and a size class instead of pixels, up to ten images in one list, a strict body. Source: docs.bfl.ai, October 2026.</summary>
internal static class FluxThreeImage
{
    public const string Id = "flux-3-image";

    private const string DefaultResolution = "1k";
    private static readonly string[] s_resolutions = ["768sq", "1k", "1.5k", "2k", "4k"];

    private static readonly Dictionary<string, NativeRule> s_rules = new()
    {
        ["grounding"] = NativeRule.Flag, ["version"] = NativeRule.Text, ["safety_tolerance"] = NativeRule.Whole(0, 4),
    };

    private static readonly string[] s_ratios = ["21:9", "2:1", "16:9", "3:2", "7:5", "4:3", "5:4", "1:1", "4:5", "3:4", "5:7", "2:3", "9:16", "1:2", "9:21"];

    /// <summary>USD by resolution, BFL's price page of 1 October 2026. It names none for 1.5k, which costs at most what 2k does.</summary>
    private static readonly Dictionary<string, decimal> s_prices = new() { ["768sq"] = 0.041m, ["1k"] = 0.048m, ["1.5k"] = 0.10m, ["2k"] = 0.10m, ["4k"] = 0.607m };

    public static FluxModel Model { get; } = new(new ModelInfo(Id, MediaType.Image)
    {
        Capabilities = ["text-to-image", "image-to-image"],
        FetchesUrls = true,
        Price = new ModelPrice(PerResult: s_prices[DefaultResolution]) { PerResultBySize = s_prices },
        Limits = new ModelLimits { AspectRatios = s_ratios, Resolutions = s_resolutions, MaxResults = 1, MaxInputImages = 10, InputTypes = ModelLimits.UsualInputTypes },
    })
    {
        MaxSafety = 4, MaxImages = 10, Rules = s_rules,
    };

    public static ReadOnlyMemory<byte> Build(GenerationRequest request, FluxModel model, MappingIssues issues)
    {
        var p = request.Parameters;
        var fields = new NativeFields();
        if (request.Prompt.Length == 0)
        {
            issues.Refuse("prompt", $"{Id} needs it.");
        }

        fields.Set("prompt", request.Prompt);
        AddImages(p, model, fields, issues);
        if (p.AspectRatio is { } ratio)
        {
            var named = ratio == "auto" ? ratio : s_ratios.FirstOrDefault(r => AspectRatio.Parse(ratio) is { } wanted && AspectRatio.Parse(r)!.Value.SameShape(wanted));
            if (named is null)
            {
                issues.Refuse("parameters.aspect_ratio", $"is no shape of {Id}.", ["auto", .. s_ratios]);
            }
            else
            {
                fields.Set("aspect_ratio", named);
            }
        }

        if (p.Resolution is { } resolution)
        {
            var named = PixelSize.ClassName(resolution);
            if (s_resolutions.Contains(named))
            {
                fields.Set("resolution", named);
            }
            else
            {
                issues.Refuse("parameters.resolution", $"is no resolution of {Id}.", s_resolutions);
            }
        }

        FluxMapping.AddSafety(p, model, fields, issues);
        issues.RejectUnsupported(p, model.Info, "image", "reference_images", "aspect_ratio", "resolution", "safety");

        // The body is strict: a field that nobody knows is 422 there.
        var extras = NativeExtras.Of(p, FluxAdapter.ProviderName, issues);
        extras.MergeInto(fields, s_rules, issues);
        issues.Output = new MappedOutput { Resolution = fields.TextOf("resolution") ?? DefaultResolution };
        issues.EstimatedCost = FluxPrices.Of(issues.Output, 0, model);
        return fields.ToJson();
    }

    private static void AddImages(GenerationParameters p, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        List<MediaInput> images = [.. p.Image is { } image ? [image] : Array.Empty<MediaInput>(), .. p.ReferenceImages];
        if (images.Count > model.MaxImages)
        {
            issues.Refuse("parameters.reference_images", $"{Id} takes at most {model.MaxImages} input images, image included.");
        }
        else if (images.Count > 0 && images.TrueForAll(i => FluxInputs.IsUsable(p.Image == i ? "parameters.image" : "parameters.reference_images", i, model, issues)))
        {
            fields.Set("images", writer =>
            {
                writer.WriteStartArray();
                foreach (var input in images)
                {
                    if (input.Url is { } url)
                    {
                        writer.WriteStringValue(url.AbsoluteUri);
                    }
                    else
                    {
                        input.WriteBase64(writer);
                    }
                }

                writer.WriteEndArray();
            });
        }
    }
}
