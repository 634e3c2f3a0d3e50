using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>Input media as fields: raw base64 without a <c>data:</c> prefix, or the URL where the model fetches it itself.</summary>
internal static class FluxInputs
{
    /// <summary>The largest image, bytes (docs.bfl.ai: 20 MB).</summary>
    public const int MaxImageBytes = 20 * 1024 * 1024;

    public static void Add(GenerationParameters parameters, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        if (model.ImageField is { } field)
        {
            AddImages(parameters, field, model, fields, issues);
        }

        if (parameters.Mask is { } mask && model.TakesMask && IsUsable("parameters.mask", mask, model, issues))
        {
            Set(fields, "mask", mask);
        }

        if (parameters.ControlImage is { } control && model.TakesControlImage && IsUsable("parameters.control_image", control, model, issues))
        {
            Set(fields, "control_image", control);
        }
    }

    public static bool IsUsable(
        string path, MediaInput input, FluxModel model, MappingIssues issues, string kind = "image", int maxBytes = MaxImageBytes)
    {
        if (input.Url is not null && !model.Info.FetchesUrls)
        {
            issues.Refuse(path, $"{model.Id} takes bytes, and this URL was not fetched.");
        }
        else if (input.Url is null && !input.IsInline)
        {
            issues.Refuse(path, "could not be read.");
        }
        else if (input.IsInline && !IsKind(input.ContentType!, kind))
        {
            issues.Refuse(path, $"must be of type {kind}.");
        }
        else if (input.Length > maxBytes)
        {
            issues.Refuse(path, string.Create(CultureInfo.InvariantCulture, $"{model.Id} takes at most {maxBytes / 1024 / 1024} MB."));
        }
        else
        {
            return true;
        }

        return false;
    }

    /// <summary>Whether a native field is one of the model's inputs.</summary>
    public static bool IsInput(string name, FluxModel model) =>
        (model.ImageField is { } field && (name == field || Enumerable.Range(2, Math.Max(0, model.MaxImages - 1)).Any(i => name == $"{field}_{i}")))
        || (model.TakesMask && name == "mask") || (model.TakesControlImage && name is "control_image" or "preprocessed_image");

    /// <summary>How many input images a body has.</summary>
    public static int CountOf(NativeFields fields, FluxModel model) => model.ImageField is not { } field ? 0
        : Enumerable.Range(1, model.MaxImages).Count(i => fields.Has(i == 1 ? field : $"{field}_{i}"));

    private static void AddImages(GenerationParameters parameters, string field, FluxModel model, NativeFields fields, MappingIssues issues)
    {
        // A model whose field is called "image" edits that very image; only the others can be shown something to resemble.
        var references = field == "image" ? [] : parameters.ReferenceImages;
        List<(string Path, MediaInput Input)> images = [];
        if (parameters.Image is { } image)
        {
            images.Add(("parameters.image", image));
        }

        for (var i = 0; i < references.Count; i++)
        {
            images.Add((string.Create(CultureInfo.InvariantCulture, $"parameters.reference_images[{i}]"), references[i]));
        }

        if (images.Count > model.MaxImages)
        {
            issues.Refuse("parameters.reference_images", string.Create(
                CultureInfo.InvariantCulture, $"{model.Id} takes at most {model.MaxImages} input image(s), image included."));
            return;
        }

        for (var i = 0; i < images.Count; i++)
        {
            if (IsUsable(images[i].Path, images[i].Input, model, issues))
            {
                Set(fields, i == 0 ? field : string.Create(CultureInfo.InvariantCulture, $"{field}_{i + 1}"), images[i].Input);
            }
        }
    }

    private static void Set(NativeFields fields, string name, MediaInput input)
    {
        if (input.Url is { } url)
        {
            fields.Set(name, url.AbsoluteUri);
        }
        else
        {
            fields.SetBase64(name, input);
        }
    }

    private static bool IsKind(string contentType, string kind) =>
        contentType.StartsWith(kind + "/", StringComparison.OrdinalIgnoreCase)
        || contentType.Equals("application/octet-stream", StringComparison.OrdinalIgnoreCase);
}
